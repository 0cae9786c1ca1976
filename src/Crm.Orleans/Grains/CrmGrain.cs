using Crm.Orleans.Placing;
using Crm.Runtime;
using Crm.Runtime.Embedded;
using Crm.Runtime.Telemetry;
using Crm.Silo.Wire;

namespace Crm.Orleans.Grains;

/// <summary>
/// A grain's seat on the silo that runs it. What sits there is the embedded engine's activation: it judges, writes and answers exactly as it
/// does in a process alone. Re-entrant, because that activation has its own queue and answers many commands with one commit.
/// </summary>
[Reentrant]
[TenantPlacement]
internal sealed class CrmGrain(LocalEngine local, IEnvelopes envelopes, ILogger<CrmGrain> log) : Grain, ICrmGrain
{
    public async Task<SentOutcome> TellAsync(SentCommand command)
    {
        using var span = RuntimeTelemetry.GoOn(command.Trace);
        return new(await JudgeAsync(command), envelopes);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        if (GrainKeys.TryParse(key, out var grain) && local.EngineOf(key) is { } engine)
        {
            // whoever runs it next reads what these wrote; if they take too long the store turns the late ones away
            while (!engine.PutAway(grain) && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private async Task<Outcome> JudgeAsync(SentCommand command)
    {
        CommandEnvelope envelope;
        try
        {
            envelope = command.Read(envelopes);
        }
        catch (UnknownCommandException unknown)
        {
            // from a newer release, in the middle of an upgrade: on a silo of that release it will be understood
            Log.Unknown(log, unknown.Message);
            DeactivateOnIdle();
            return new(OutcomeKind.Overloaded);
        }

        if (local.EngineOf(this.GetPrimaryKeyString()) is not { } engine)
        {
            // this node has joined but is not ready yet
            return new(OutcomeKind.Overloaded);
        }

        if (local.Prepare is { } prepare)
        {
            await prepare(envelope);
        }

        return await engine.TellAsync(envelope, CancellationToken.None);
    }
}

/// <summary>The engine of this process, once its store is open.</summary>
internal class LocalEngine
{
    public EmbeddedEngine? Engine { get; set; }

    /// <summary>Awaited before a command is judged here: what its sender had at hand, this node may still have to load.</summary>
    public Func<CommandEnvelope, ValueTask>? Prepare { get; set; }

    /// <summary>The engine that has the grain of a key.</summary>
    public virtual EmbeddedEngine? EngineOf(string key) => Engine;
}

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    public static partial void Unknown(ILogger log, string reason);
}
