using System.Diagnostics;

namespace Crm.Web.Tests.Hosting;

/// <summary>Whatever the program is asked for, it has its settings from the same places, and ends with a sentence where one is wrong.</summary>
public sealed class WrongSettingTests
{
    [Theory]
    [InlineData("")]
    [InlineData("verify")]
    [InlineData("rebuild")]
    [InlineData("move --to Sqlite")]
    [InlineData("tenant list")]
    [InlineData("restore acme")]
    public async Task A_wrong_setting_in_a_file_is_named_and_nothing_is_made(string words)
    {
        var folder = Directory.CreateTempSubdirectory("crm-settings-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "appsettings.json"), """{"Crm":{"Store":"Nonsense"}}""");

        var start = ServerProgram.Of(folder.FullName, new Dictionary<string, string>(), words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        start.RedirectStandardError = true;

        using var program = Process.Start(start)!; // a new process
        var (said, error) = (program.StandardOutput.ReadToEndAsync(), program.StandardError.ReadToEndAsync());
        await program.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));

        (await error).Trim().Should().Be("The setting Crm:Store is 'Nonsense'; it must be SQLITE, POSTGRESQL.");
        (await said).Should().BeEmpty();
        program.ExitCode.Should().Be(2);
        folder.EnumerateFileSystemInfos().Should().ContainSingle("there is nothing but the file of settings");
        folder.Delete(recursive: true);
    }
}
