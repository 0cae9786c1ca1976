using System.Globalization;

namespace Crm.Torture;

/// <summary>What to run. Everything random follows from <see cref="Seed"/>, up to what the machine's own timing decides.</summary>
internal sealed record TortureOptions
{
    /// <summary>SIGKILLs under load.</summary>
    public int Kills { get; init; } = 50;

    /// <summary>Power cuts replayed from the trace of a server with synchronous=FULL.</summary>
    public int Cuts { get; init; } = 300;

    /// <summary>SIGTERMs under load.</summary>
    public int Drains { get; init; } = 5;

    /// <summary>SIGKILLs during a first start.</summary>
    public int StartupKills { get; init; } = 10;

    /// <summary>SIGKILLs while a file is imported.</summary>
    public int ImportKills { get; init; } = 8;

    /// <summary>Rows of that file.</summary>
    public int ImportedRows { get; init; } = 8_000;

    /// <summary>Rows tampered with, one at a time.</summary>
    public int Tampers { get; init; } = 10;

    /// <summary>Write and sync calls to record before the power-cut replay.</summary>
    public int TracedCalls { get; init; } = 30_000;

    /// <summary>Also replays the first start of a server, and synchronous=NORMAL, which must fail as OFF must.</summary>
    public bool IsLong { get; init; } = true;

    public int Seed { get; init; } = 1;

    /// <summary>Concurrent HTTP clients.</summary>
    public int Clients { get; init; } = 32;

    /// <summary>Runs only the parts whose name holds this.</summary>
    public string Only { get; init; } = "";

    /// <summary>Where the data folders are made; emptied when all went well.</summary>
    public string Work { get; init; } = Path.Combine(Path.GetTempPath(), $"crm-torture-{Environment.ProcessId}");

    /// <summary>Where the summary goes.</summary>
    public string Artifacts { get; init; } = Path.Combine("artifacts", "torture");

    /// <summary>Small enough to be part of every test run.</summary>
    public static TortureOptions Short { get; } = new() { Kills = 5, Cuts = 60, Drains = 1, StartupKills = 1, ImportKills = 2, ImportedRows = 1_500, Tampers = 5, TracedCalls = 5_000, IsLong = false };

    /// <exception cref="ArgumentException">An argument is unknown or has no number.</exception>
    public static TortureOptions Parse(IReadOnlyList<string> args)
    {
        var options = args.Contains("--short") ? Short : new();
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--short" => options,
                "--kills" => options with { Kills = Number(args, ++i) },
                "--cuts" => options with { Cuts = Number(args, ++i) },
                "--drains" => options with { Drains = Number(args, ++i) },
                "--tampers" => options with { Tampers = Number(args, ++i) },
                "--calls" => options with { TracedCalls = Number(args, ++i) },
                "--clients" => options with { Clients = Number(args, ++i) },
                "--seed" => options with { Seed = Number(args, ++i) },
                "--only" => options with { Only = args[++i] },
                "--work" => options with { Work = Path.GetFullPath(args[++i]) },
                "--artifacts" => options with { Artifacts = args[++i] },
                _ => throw new ArgumentException($"There is no option '{args[i]}'. Known: --short --kills --cuts --drains --tampers --calls --clients --seed --only --work --artifacts."),
            };
        }

        return options;
    }

    private static int Number(IReadOnlyList<string> args, int at) =>
        at < args.Count && int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException($"{args[at - 1]} needs a number.");
}
