using Crm.Runtime.Journal;

namespace Crm.Runtime.Tests.Support;

/// <summary>Writes to a store by hand, as an engine would.</summary>
internal sealed class Hand(IGrainStore store)
{
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private static readonly BoxBehaviour Boxes = new();
    private int _seconds;

    /// <summary>A box's address; the same number is the same box.</summary>
    public static GrainId Box(int number, string tenant = "acme", string kind = "box")
    {
        // per tenant and kind, for a key is unique across both; in order, as UUIDv7 keys are
        var key = GrainId.Named(tenant, kind, "").Key.ToByteArray(bigEndian: true);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(key, number);
        return new(tenant, kind, new Guid(key, bigEndian: true));
    }

    /// <summary>What a command would write, judged on the grain as it is stored; each judgement is a second later than the one before.</summary>
    public async Task<(GrainWrite Write, GrainMemory Next)> JudgeAsync(GrainId grain, BoxCommand command, string? commandId = null, byte[]? fingerprint = null, DateTimeOffset? at = null) =>
        Judge(Boxes.Recall(grain, await store.LoadAsync(grain, CancellationToken.None)), command, commandId, fingerprint, at);

    /// <summary>What a command would write, judged on a memory.</summary>
    public (GrainWrite Write, GrainMemory Next) Judge(GrainMemory memory, BoxCommand command, string? commandId = null, byte[]? fingerprint = null, DateTimeOffset? at = null)
    {
        var now = at ?? Start.AddSeconds(_seconds++);
        var turn = Boxes.Decide(memory, new(memory.Grain, command, Sender.System, commandId, fingerprint), now);
        return (turn.Write ?? throw new InvalidOperationException($"{command} writes nothing."), turn.Next!);
    }

    /// <summary>Judges, writes and waits.</summary>
    public async Task<GrainWrite> TellAsync(GrainId grain, BoxCommand command, string? commandId = null, byte[]? fingerprint = null, DateTimeOffset? at = null) =>
        await WriteAsync((await JudgeAsync(grain, command, commandId, fingerprint, at)).Write);

    /// <summary>Fills a box.</summary>
    public Task<GrainWrite> FillAsync(GrainId grain, Look look) => TellAsync(grain, new BoxCommand.Fill(look));

    public Task<GrainWrite> WriteAsync(GrainWrite write)
    {
        var done = new TaskCompletionSource<GrainWrite>(TaskCreationOptions.RunContinuationsAsynchronously);
        write.Completed = done.SetResult;
        store.Write(write);
        return done.Task.SoonAsync();
    }

    /// <summary>Writes all in one transaction, if the store makes groups at all: they gather while the writer is held up.</summary>
    public async Task<GrainWrite[]> WriteTogetherAsync(params GrainWrite[] writes)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        void HoldUp(IReadOnlyList<GrainWrite> _)
        {
            entered.TrySetResult();
            goOn.Wait(Until.Patience);
        }

        store.Committed += HoldUp;
        var first = TellAsync(Box(0, "stopper"), new BoxCommand.Add(1));
        await entered.Task.SoonAsync();
        store.Committed -= HoldUp;
        var all = writes.Select(WriteAsync).ToArray();
        goOn.Set();
        await first;
        return await Task.WhenAll(all);
    }
}
