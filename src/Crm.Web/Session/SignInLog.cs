using System.Threading.Channels;
using Crm.Grains.Sessions;
using Crm.Runtime;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;
using Crm.Web.Hosting;

namespace Crm.Web.Session;

/// <summary>Where and with what a request was made.</summary>
public sealed record Origin(string Address, string? Agent)
{
    private const int LongestAgent = 180;

    public static Origin Of(HttpContext http)
    {
        var agent = new string([.. http.Request.Headers.UserAgent.ToString().Where(c => c is >= ' ' and <= '~').Take(LongestAgent)]).Trim();
        return new(http.Connection.RemoteIpAddress?.ToString() ?? "", agent.Length == 0 ? null : agent);
    }
}

/// <summary>Writes sign-ins into the journal.</summary>
public interface ISignInLog
{
    /// <summary>Records that somebody has signed in; on disk when it returns.</summary>
    /// <returns>The session's record.</returns>
    Task<Guid> StartedAsync(Asker person, string method, Origin origin, CancellationToken cancel);

    /// <summary>Records a refused sign-in, soon: a refusal must not take longer for a login that exists.</summary>
    void Refused(Asker person, string reason, Origin origin);

    Task EndedAsync(Asker by, Guid session, string reason, CancellationToken cancel);

    /// <summary>Ends the records of all open sessions of a user but one.</summary>
    /// <returns>Those that were ended.</returns>
    Task<IReadOnlyList<Guid>> EndedAllAsync(Asker by, Guid userId, Guid? except, string reason, CancellationToken cancel);
}

/// <inheritdoc cref="ISignInLog"/>
internal sealed partial class SignInLog(SiloHolder holder, TimeProvider time, ILogger<SignInLog> log) : BackgroundService, ISignInLog
{
    private const int PageSize = 200;

    /// <summary>How long a refusal waits to be recorded: written at once it would slow the very answer that must not tell whether the login exists.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // an attacker's tries are throttled long before; a full queue loses the newest and says so
    private readonly Channel<(Asker Person, string Reason, Origin Origin)> _refused = Channel.CreateBounded<(Asker, string, Origin)>(10_000);

    private CrmSilo Silo => holder.Silo;

    public async Task<Guid> StartedAsync(Asker person, string method, Origin origin, CancellationToken cancel)
    {
        var id = GrainId.NewKey(Silo.Time.GetUtcNow());
        await Silo.Commands.TellAsync(person, "session", id, new SessionCommand.Start(person.Id, method, origin.Address, origin.Agent), new(SenderKind.User, Trusted: true), cancel);
        return id;
    }

    public void Refused(Asker person, string reason, Origin origin)
    {
        if (!_refused.Writer.TryWrite((person, reason, origin)))
        {
            LogLost(log, person.Tenant);
        }
    }

    public async Task EndedAsync(Asker by, Guid session, string reason, CancellationToken cancel) =>
        await Silo.Commands.TellAsync(by, "session", session, new SessionCommand.End(reason), new(by.Id == Guid.Empty ? SenderKind.System : SenderKind.User, Trusted: true), cancel);

    public async Task<IReadOnlyList<Guid>> EndedAllAsync(Asker by, Guid userId, Guid? except, string reason, CancellationToken cancel)
    {
        var ended = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await Silo.Cards.ListAsync(
                Asker.System(by.Tenant), Silo.Slices.OfKind("session"), new($"ownerId eq \"{userId}\" and status eq \"open\"", Sort: "at", Cursor: cursor, Limit: PageSize), cancel);
            foreach (var json in page.Items)
            {
                if (Silo.Slices.OfKind("session").ReadCard(json) is SessionCard card && card.Id != except)
                {
                    ended.Add(card.Id);
                }
            }

            cursor = page.Next;
        }
        while (cursor is not null);

        foreach (var session in ended)
        {
            await EndedAsync(by, session, reason, cancel);
        }

        return ended;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _refused.Reader.WaitToReadAsync(CancellationToken.None))
        {
            // cut short when the server stops
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (_refused.Reader.TryRead(out var one))
            {
                await RecordAsync(one.Person, one.Reason, one.Origin);
            }
        }
    }

    private async Task RecordAsync(Asker person, string reason, Origin origin)
    {
        var id = GrainId.NewKey(Silo.Time.GetUtcNow());
        var command = new SessionCommand.Refuse(person.Id, reason, origin.Address, origin.Agent);
        try
        {
            await Silo.Commands.TellAsync(Asker.System(person.Tenant), "session", id, command, new(SenderKind.System, Trusted: true), CancellationToken.None);
        }
        catch (Exception failure)
        {
            // the next ones are recorded all the same
            LogFailed(log, person.Tenant, failure.GetType().Name);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // what was refused before the end is written before the end
        _refused.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Too many refused sign-ins wait to be recorded; one in {Tenant} is lost")]
    private static partial void LogLost(ILogger log, string tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "A refused sign-in in {Tenant} could not be recorded: {Failure}")]
    private static partial void LogFailed(ILogger log, string tenant, string failure);
}
