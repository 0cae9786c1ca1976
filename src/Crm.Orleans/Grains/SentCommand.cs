using Crm.Runtime;
using Crm.Runtime.Telemetry;

namespace Crm.Orleans.Grains;

/// <summary>A command on its way to its grain: as it is while it stays in this process, in bytes once it goes to another.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("crm-command")]
public sealed class SentCommand
{
    [NonSerialized]
    private readonly CommandEnvelope? _envelope;

    [NonSerialized]
    private readonly IEnvelopes? _envelopes;

    [NonSerialized]
    private byte[]? _bytes;

    /// <summary>For whoever reads one from the wire.</summary>
    public SentCommand()
    {
    }

    internal SentCommand(CommandEnvelope envelope, IEnvelopes envelopes) => (_envelope, _envelopes, Trace) = (envelope, envelopes, RuntimeTelemetry.Here);

    [Id(0)]
    public byte[] Bytes
    {
        get => _bytes ??= _envelopes!.Encode(_envelope!); // without bytes it was made from an envelope
        set => _bytes = value;
    }

    /// <summary>The span that it was given in; null when nobody listens.</summary>
    [Id(1)]
    public string? Trace { get; set; }

    /// <exception cref="Crm.Silo.Wire.UnknownCommandException">The command is newer than this program.</exception>
    internal CommandEnvelope Read(IEnvelopes envelopes) => _envelope ?? envelopes.DecodeEnvelope(Bytes);
}
