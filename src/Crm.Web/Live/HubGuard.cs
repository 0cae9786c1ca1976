using Microsoft.AspNetCore.SignalR;

namespace Crm.Web.Live;

/// <summary>
/// Logs what a call failed by. That a topic is refused is an answer: the framework would log it as an error with its stack, so that anybody who
/// is signed in could fill the log.
/// </summary>
public sealed partial class HubGuard(ILogger<HubGuard> log) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
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
}
