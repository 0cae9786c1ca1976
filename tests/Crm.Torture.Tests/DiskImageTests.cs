using Crm.Torture.PowerCut;
using Crm.Torture.Store;

namespace Crm.Torture.Tests;

public sealed class DiskImageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crm-image").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_synced_is_there_and_what_is_not_may_be_gone()
    {
        Take(Write(0, "aaaa"), new TraceEvent.Sync("f", Before: 1), Write(2, "bb"));
        Found(CutMode.Nothing).Should().Equal("aaaa"u8.ToArray());
    }

    [Fact]
    public void A_sync_does_not_cover_what_was_written_after_it_began()
    {
        Take(Write(0, "aaaa"), Write(4, "bb"), new TraceEvent.Sync("f", Before: 1));
        Found(CutMode.Nothing).Should().Equal("aaaa"u8.ToArray());
    }

    [Fact]
    public void A_cut_file_is_long_again_until_the_cut_is_synced()
    {
        Take(Write(0, "aaaa"), new TraceEvent.Sync("f", 1), new TraceEvent.Truncate("f", 1));
        Found(CutMode.Nothing).Should().HaveCount(4);
        Take(new TraceEvent.Sync("f", 3));
        Found(CutMode.Nothing).Should().Equal("a"u8.ToArray());
    }

    [Fact]
    public void A_removed_file_is_gone_at_once_and_begins_empty_when_it_comes_back()
    {
        Take(Write(0, "aaaa"), new TraceEvent.Sync("f", 1), new TraceEvent.Unlink("f"));
        File.Exists(Path.Combine(_folder, "f")).Should().BeFalse();
        Take(Write(2, "b"), new TraceEvent.Sync("f", 4));
        Found(CutMode.Nothing).Should().Equal(0, 0, (byte)'b');
    }

    [Fact]
    public void Some_writes_survive_in_any_combination_and_the_last_may_be_torn_at_a_sector()
    {
        Take(Write(0, new string('a', 100)), Write(100, new string('b', 2_000)));
        var seen = Enumerable.Range(0, 200).Select(seed => Found(CutMode.SomeWrites, seed).Length).ToHashSet();
        seen.Should().BeEquivalentTo([0, 100, 2_100]);
        var torn = Enumerable.Range(0, 400).Select(seed => Found(CutMode.SomeWritesAndATornOne, seed).Length).ToHashSet();
        torn.Should().BeSubsetOf([0, 100, 612, 1_124, 1_636]).And.Contain(612);
    }

    private readonly DiskImage _image = new();
    private int _number;

    private void Take(params TraceEvent[] events)
    {
        foreach (var one in events)
        {
            _image.Take(one, _number++);
        }
    }

    private byte[] Found(CutMode mode, int seed = 1)
    {
        Folders.Empty(_folder);
        _image.WriteTo(_folder, mode, new(seed));
        return File.ReadAllBytes(Path.Combine(_folder, "f"));
    }

    private static TraceEvent.Write Write(long at, string text) => new("f", at, System.Text.Encoding.ASCII.GetBytes(text));
}
