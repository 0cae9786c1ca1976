namespace Crm.Runtime.Journal;

/// <summary>A grain's write, or some other work, that waits for a store's writer. It may be tried more than once and is finished once.</summary>
internal abstract class StoreJob(GrainWrite? write)
{
    // a write tells through itself
    private readonly TaskCompletionSource? _done = write is null ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    private (long Number, long LastPosition, bool IsLost) _row;

    /// <summary>Null when the job is some other work.</summary>
    public GrainWrite? Write { get; } = write;

    /// <summary>The end of a job that is no write.</summary>
    public Task Done => _done?.Task ?? throw new InvalidOperationException("A write tells of its end itself.");

    /// <summary>Notes where it stands before its first try: when it is taken, for what it follows upon is finished then.</summary>
    public void Begin()
    {
        if (Write is { } grain)
        {
            _row = (grain.Row.Number, grain.Row.LastPosition, grain.Row.IsLost);
        }
    }

    /// <summary>Goes back to where it was at <see cref="Begin"/>.</summary>
    public virtual void Reset()
    {
        if (Write is { } grain)
        {
            (grain.Row.Number, grain.Row.LastPosition, grain.Row.IsLost) = _row;
        }
    }

    public void Finish(WriteResult result, Exception? failure)
    {
        if (Write is { } grain)
        {
            grain.Fault = failure;
            grain.Result = result;
            grain.Completed?.Invoke(grain);
        }
        else if (failure is null)
        {
            _done?.TrySetResult();
        }
        else
        {
            _done?.TrySetException(failure);
        }
    }
}
