using Crm.Torture.Faults;
using Crm.Torture.Load;
using Crm.Torture.PowerCut;

namespace Crm.Torture.Tests;

/// <summary>The short form of the torture: the same code as the long one, with fewer rounds.</summary>
public sealed class ShortTortureTests : IDisposable
{
    private readonly TortureOptions _options = TortureOptions.Short with
    {
        Work = Directory.CreateTempSubdirectory("crm-torture").FullName,
        Artifacts = Path.Combine(Path.GetTempPath(), "crm-torture-artifacts"),
    };

    public void Dispose() => Directory.Delete(_options.Work, recursive: true);

    [Fact]
    public async Task F1_what_was_answered_survives_a_kill() => Held((await new KillRun(_options).RunAsync(_options.Kills)).Problems);

    [Fact]
    public async Task F1_a_killed_import_goes_on_and_counts_each_row_once() => Held(await new ImportKillRun(_options).RunAsync(_options.ImportKills));

    [Fact]
    public async Task F1_a_first_start_that_was_killed_is_finished_by_the_next() => Held(await new StartupKillRun(_options).RunAsync(_options.StartupKills));

    [Fact]
    public async Task F3_what_was_answered_survives_a_power_cut()
    {
        Assert.SkipUnless(TortureSuite.CanTrace(), "strace is missing or not allowed here");
        var result = await new PowerCutRun(_options).RunAsync("FULL", _options.Cuts, isWorn: true);
        Held(result.Problems);
        result.Syncs.Should().BeGreaterThanOrEqualTo(result.Groups).And.BePositive();
    }

    [Fact]
    public async Task F3_without_syncs_the_same_check_fails()
    {
        Assert.SkipUnless(TortureSuite.CanTrace(), "strace is missing or not allowed here");
        var result = await new PowerCutRun(_options).RunAsync("OFF", 10, isWorn: false);
        result.CutsWithLoss.Should().BeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task F4_a_full_disk_refuses_writes_only_and_for_as_long_as_it_is_full()
    {
        Held(await new FullDiskRun(_options).RunWithPageLimitAsync());
        if (await new FullDiskRun(_options).RunWithFileSystemAsync() is { } problems)
        {
            Held(problems);
        }
    }

    [Fact]
    public async Task F5_a_failed_write_stops_the_server_and_loses_nothing() => Held(await new WriteErrorRun(_options).RunAsync());

    [Fact]
    public async Task F6_F21_a_journal_that_was_changed_does_not_verify() => Held(await new TamperRun(_options).RunAsync(_options.Tampers));

    [Fact]
    public async Task F19_a_second_server_is_refused() => Held(await new SecondServerRun(_options).RunAsync());

    [Fact]
    public async Task F20_a_server_told_to_stop_answers_what_it_has_done() => Held(await new DrainRun(_options).RunAsync(_options.Drains));

    private static void Held(Problems problems) => problems.All.Take(20).Should().BeEmpty();
}
