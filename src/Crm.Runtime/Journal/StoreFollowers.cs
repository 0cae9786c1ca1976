using Crm.Runtime.Telemetry;

namespace Crm.Runtime.Journal;

/// <summary>Those who are told of a store's commits. What one of them throws holds up neither the others nor the answers.</summary>
internal sealed class StoreFollowers
{
    /// <summary>See <see cref="IGrainStore.Committed"/>.</summary>
    public event Action<IReadOnlyList<GrainWrite>>? Committed;

    /// <summary>See <see cref="IGrainStore.Faulted"/>.</summary>
    public event Action<Exception>? Faulted;

    public void Tell(GrainWrite[] stored)
    {
        RuntimeTelemetry.Committed(stored);
        foreach (var follower in Delegate.EnumerateInvocationList(Committed))
        {
            try
            {
                follower(stored);
            }
            catch (Exception bug)
            {
                Report(bug);
            }
        }
    }

    /// <summary>Answers a job, which calls whoever waits for it.</summary>
    public void Finish(StoreJob job, WriteResult result, Exception? failure)
    {
        try
        {
            job.Finish(result, failure);
        }
        catch (Exception bug)
        {
            Report(bug);
        }
    }

    public void Report(Exception bug) => Faulted?.Invoke(bug);
}
