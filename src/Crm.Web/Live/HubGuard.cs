using Microsoft.AspNetCore.SignalR;

namespace Crm.Web.Live;

/// <summary>
/// Closes a socket that calls without end, and logs what a call failed by. That a topic is refused is an answer: the framework would log it
/// as an error with its stack, so that anybody who is signed in could fill the log.
/// </summary>
public sealed partial class HubGuard(TimeProvider time, ILogger<HubGuard> log) : IHubFilter
{
    /// <summary>Calls that may come at once: a page that connects again follows all its topics.</summary>
    public const int MostAtOnce = 400;

    /// <summary>Calls a second that may go on.</summary>
    public const int PerSecond = 20;

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        if (!Allowance.Of(invocationContext.Context, time).TryTake(time))
        {
            invocationContext.Context.Abort();
            throw new HubException("rate-limited");
        }

        try
        {
            return await next(invocationContext);
        }
        catch (Exception bug) when (bug is not HubException && !invocationContext.Context.ConnectionAborted.IsCancellationRequested)
        {
            LogFailed(log, invocationContext.HubMethodName, bug);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The hub's {Method} failed.")]
    private static partial void LogFailed(ILogger log, string method, Exception bug);

    /// <summary>What a socket may still call. It is called by one thread at a time.</summary>
    private sealed class Allowance(long since)
    {
        private double _left = MostAtOnce;
        private long _since = since;

        public static Allowance Of(HubCallerContext socket, TimeProvider time)
        {
            if (socket.Items.TryGetValue(typeof(Allowance), out var known))
            {
                return (Allowance)known!; // only set below
            }

            var allowance = new Allowance(time.GetTimestamp());
            socket.Items[typeof(Allowance)] = allowance;
            return allowance;
        }

        public bool TryTake(TimeProvider time)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(MostAtOnce, _left + (time.GetElapsedTime(_since, now).TotalSeconds * PerSecond)) - 1;
            _since = now;
            return _left >= 0;
        }
    }
}
