using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace Crm.Web.Live;

/// <summary>
/// Every open socket and what let it in. A socket lives no longer than its session or key: what is revoked here closes at once, what another
/// process revokes within <see cref="Every"/> and <see cref="Credentials.Belief"/> together, which is less than five seconds.
/// </summary>
public sealed class LiveSockets(IServiceProvider services, TimeProvider time) : BackgroundService
{
    /// <summary>Most sockets of one person; one more closes the oldest.</summary>
    public const int MostOfOne = 20;

    /// <summary>Most sockets of one API key: a program that shows its own users what happens has one for each of them.</summary>
    public const int MostOfKey = 1_000;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1.5);

    private readonly ConcurrentDictionary<string, Socket> _open = new(StringComparer.Ordinal);
    private long _count;

    public void Add(HubCallerContext socket, Caller caller)
    {
        _open[socket.ConnectionId] = new(socket, caller, Interlocked.Increment(ref _count));
        var own = _open.Values.Where(each => each.Caller.Asker.Id == caller.Asker.Id).OrderBy(each => each.Number).ToList();
        foreach (var oldest in own.Take(own.Count - (caller.By == SenderOf.Key ? MostOfKey : MostOfOne)))
        {
            oldest.Context.Abort();
        }
    }

    public void Remove(HubCallerContext socket) => _open.TryRemove(socket.ConnectionId, out _);

    public void CloseSession(Guid session) => Close(caller => caller.By == SenderOf.User && caller.Session?.Id == session);

    /// <summary>Closes the sockets of a user or key; their pages connect again with the rights they have now, if any.</summary>
    public void CloseUser(Guid id) => Close(caller => caller.Asker.Id == id);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CloseStaleAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server stops
        }
    }

    private async Task CloseStaleAsync(CancellationToken cancel)
    {
        foreach (var socket in _open.Values)
        {
            try
            {
                if (await AskerNowAsync(socket.Caller, cancel) != socket.Caller.Asker)
                {
                    socket.Context.Abort();
                }
            }
            catch (Exception) when (!cancel.IsCancellationRequested)
            {
                // whoever cannot be looked up now is looked up the next time
                return;
            }
        }
    }

    private async ValueTask<Silo.Rights.Asker?> AskerNowAsync(Caller caller, CancellationToken cancel)
    {
        var credentials = services.GetRequiredService<Credentials>();
        return caller.By == SenderOf.Key ? (await credentials.FindKeyAsync(caller.Token, cancel))?.Asker : (await credentials.FindSessionAsync(caller.Token, cancel))?.Asker;
    }

    private void Close(Func<Caller, bool> isMeant)
    {
        foreach (var socket in _open.Values)
        {
            if (isMeant(socket.Caller))
            {
                socket.Context.Abort();
            }
        }
    }

    private sealed record Socket(HubCallerContext Context, Caller Caller, long Number);
}
