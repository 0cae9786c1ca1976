using System.Globalization;
using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.Faults;

/// <summary>F6 and F21: somebody, or the disk, changes the journal behind the server's back. <c>verify</c> names the first place that is wrong.</summary>
internal sealed class TamperRun(TortureOptions options)
{
    private const int CommandsBefore = 300;
    private const long PositionMask = (1L << 40) - 1;

    private static readonly (string Name, Func<DataFile, long, Random, long> Do)[] Ways =
    [
        ("a byte of a payload flipped", (file, id, random) =>
        {
            var payload = (byte[])file.Query("select payload from journal where id=?", id).Single()[0]!; // not null by schema
            payload[random.Next(payload.Length)] ^= 0x04;
            file.Execute("update journal set payload=? where id=?", payload, id);
            return id;
        }),
        ("a row deleted", (file, id, _) =>
        {
            file.Execute("delete from journal where id=?", id);
            return id;
        }),
        ("two rows exchanged", (file, id, _) =>
        {
            file.Execute("update journal set id=-1 where id=?", id);
            file.Execute("update journal set id=? where id=?", id, id + 1);
            file.Execute("update journal set id=? where id=-1", id + 1);
            return id;
        }),
        ("the last row deleted", (file, _, _) =>
        {
            var last = file.Number("select max(id) from journal");
            file.Execute("delete from journal where id=?", last);
            return last;
        }),
        ("a time changed", (file, id, _) => Set(file, id, "at=at-86400000")),
        ("a doer changed", (file, id, random) =>
        {
            var by = new byte[16];
            random.NextBytes(by);
            file.Execute("update journal set by=? where id=?", by, id);
            return id;
        }),
        ("an event renamed", (file, id, _) => Set(file, id, "type=type||'x'")),
        ("a payload emptied with another hash", (file, id, random) =>
        {
            var hash = new byte[32];
            random.NextBytes(hash);
            file.Execute("update journal set payload=x'', payload_hash=? where id=?", hash, id);
            return id;
        }),
        ("a row given to another record", (file, id, _) => Set(file, id, "key=(select key from journal where id<>?1 and key<>(select key from journal where id=?1) limit 1)")),
        ("a link of a record's history bent", (file, id, _) => Set(file, id, "previous=previous+1")),
    ];

    public async Task<Problems> RunAsync(int tampers)
    {
        var problems = new Problems();
        var folder = Path.Combine(options.Work, "honest");
        var random = new Random(options.Seed);
        await FillAsync(folder, random, problems);
        for (var i = 0; i < tampers; i++)
        {
            var copy = Folders.Copy(folder, Path.Combine(options.Work, "tampered"));
            var (name, change) = Ways[i % Ways.Length];
            long id;
            using (var file = new DataFile(copy))
            {
                var last = file.Number("select max(id) from journal");
                id = change(file, (last & ~PositionMask) + 1 + random.NextInt64((last & PositionMask) - 2), random);
            }

            await ExpectAsync(copy, name, id & PositionMask, problems);
        }

        await FlipOnDiskAsync(folder, random, problems);
        return problems;
    }

    private static long Set(DataFile file, long id, string change)
    {
        file.Execute($"update journal set {change} where id=?1", id);
        return id;
    }

    /// <summary>F6: one bit of a payload is wrong in the file itself, which SQLite does not notice.</summary>
    private async Task FlipOnDiskAsync(string folder, Random random, Problems problems)
    {
        var copy = Folders.Copy(folder, Path.Combine(options.Work, "tampered"));
        byte[] payload;
        long id;
        using (var file = new DataFile(copy))
        {
            var row = file.Query("select id, payload from journal where type='lead-captured-v1' order by id limit 1 offset ?", random.NextInt64(20)).Single();
            (id, payload) = ((long)row[0]!, (byte[])row[1]!); // not null by schema
        }

        var path = Path.Combine(copy, "crm.db");
        var bytes = await File.ReadAllBytesAsync(path);
        // every copy of it: pages keep what was moved out of them, and which one counts only SQLite knows
        for (var at = bytes.AsSpan().IndexOf(payload); at >= 0; at = bytes.AsSpan().IndexOf(payload))
        {
            bytes[at + payload.Length / 2] ^= 1;
        }

        await File.WriteAllBytesAsync(path, bytes);
        await ExpectAsync(copy, "a bit of a payload flipped on disk", id & PositionMask, problems);
    }

    private async Task FillAsync(string folder, Random random, Problems problems)
    {
        Folders.Empty(folder);
        await using var server = await ServerProcess.StartAsync(new(folder));
        using var load = new LoadDriver(options.Seed, options.Clients, $"a{options.Seed}", problems);
        await load.ConnectAsync(server);
        for (var i = 0; i < CommandsBefore; i++)
        {
            await load.SendAsync(load.MakeUp(random));
        }

        await server.StopAsync();
        if (await ServerProcess.RunAsync(folder, "verify") is (not 0, var output))
        {
            problems.Add($"I10 an honest journal does not verify: {output}");
        }
    }

    private static async Task ExpectAsync(string folder, string what, long position, Problems problems)
    {
        var (code, output) = await ServerProcess.RunAsync(folder, "verify");
        var expected = string.Create(CultureInfo.InvariantCulture, $"journal-chain-broken at {position}:");
        if (code != 1 || !output.Contains(expected, StringComparison.Ordinal))
        {
            problems.Add($"F21 {what} at {position}: verify ended with {code}: {output.Trim()}");
        }
    }
}
