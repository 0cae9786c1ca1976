using Crm.Runtime;

namespace Crm.Orleans.Grains;

/// <summary>How a command ended, on its way back: as it is while it stays in this process, in bytes once it goes to another.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("crm-outcome")]
public sealed class SentOutcome
{
    [NonSerialized]
    private readonly Outcome? _outcome;

    [NonSerialized]
    private readonly IEnvelopes? _envelopes;

    [NonSerialized]
    private byte[]? _bytes;

    /// <summary>For whoever reads one from the wire.</summary>
    public SentOutcome()
    {
    }

    internal SentOutcome(Outcome outcome, IEnvelopes envelopes) => (_outcome, _envelopes) = (outcome, envelopes);

    [Id(0)]
    public byte[] Bytes
    {
        get => _bytes ??= _envelopes!.Encode(_outcome!); // without bytes it was made from an outcome
        set => _bytes = value;
    }

    internal Outcome Read(IEnvelopes envelopes) => _outcome ?? envelopes.DecodeOutcome(Bytes);
}
