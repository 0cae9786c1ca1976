using Crm.Torture;

TortureOptions options;
try
{
    options = TortureOptions.Parse(args);
}
catch (ArgumentException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}

Console.WriteLine($"seed {options.Seed}");
var report = await TortureSuite.RunAsync(options);
return report.Failed == 0 ? 0 : 1;
