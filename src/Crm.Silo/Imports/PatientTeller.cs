using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Rights;

namespace Crm.Silo.Imports;

/// <summary>Gives commands for an import, and waits as long as the server is too busy or its disk too full to take them.</summary>
internal sealed class PatientTeller(CommandDesk commands, TimeProvider time, CancellationToken stop)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public CancellationToken Stop => stop;

    public DateTimeOffset Now => time.GetUtcNow();

    public ValueTask<Answer> TellAsync(Asker asker, GrainId grain, object command) =>
        RepeatAsync(() => commands.TellAsync(asker, grain.Kind, grain.Key, command, new(SenderKind.Import, Trusted: true), stop));

    /// <summary>Repeats what was not taken until it is.</summary>
    /// <returns>An answer that will not change by waiting.</returns>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public async ValueTask<Answer> RepeatAsync(Func<ValueTask<Answer>> tell)
    {
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var answer = await tell();
            switch (answer.Kind)
            {
                case OutcomeKind.Overloaded or OutcomeKind.StorageFull:
                    await Task.Delay(pause, time, stop);
                    break;
                case OutcomeKind.DurabilityUnknown:
                    // the disk has failed and the process is about to end: nobody can know more before it is started again
                    await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
                    break;
                default:
                    return answer;
            }
        }
    }
}
