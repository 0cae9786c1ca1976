namespace Crm.Runtime.Files;

/// <summary>A name that is ours as long as we hold a file open which nobody else can open then.</summary>
internal sealed class FolderLease : IFileLease
{
    private readonly Lock _turn = new();
    private readonly TimeSpan _length;
    private readonly ITimer _end;
    private FileStream? _held;

    public FolderLease(FileStream held, TimeSpan length, TimeProvider time)
    {
        (_held, _length) = (held, length);
        _end = time.CreateTimer(static lease => ((FolderLease)lease!).GiveUp(), this, length, Timeout.InfiniteTimeSpan); // it is this one
    }

    public Task<bool> RenewAsync(CancellationToken cancel)
    {
        lock (_turn)
        {
            return Task.FromResult(_held is not null && _end.Change(_length, Timeout.InfiniteTimeSpan));
        }
    }

    public async ValueTask DisposeAsync()
    {
        GiveUp();
        await _end.DisposeAsync();
    }

    private void GiveUp()
    {
        lock (_turn)
        {
            _held?.Dispose();
            _held = null;
        }
    }
}
