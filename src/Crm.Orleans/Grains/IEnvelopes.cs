using Crm.Runtime;
using Crm.Silo.Wire;

namespace Crm.Orleans.Grains;

/// <summary>How commands and outcomes are written for the way between nodes.</summary>
internal interface IEnvelopes
{
    byte[] Encode(CommandEnvelope envelope);

    /// <exception cref="UnknownCommandException">The command is newer than this program.</exception>
    CommandEnvelope DecodeEnvelope(byte[] bytes);

    byte[] Encode(Outcome outcome);

    Outcome DecodeOutcome(byte[] bytes);
}

/// <summary>Those of the slices.</summary>
internal sealed class SliceEnvelopes : IEnvelopes
{
    public byte[] Encode(CommandEnvelope envelope) => EnvelopeCodec.Encode(envelope);

    public CommandEnvelope DecodeEnvelope(byte[] bytes) => EnvelopeCodec.DecodeEnvelope(bytes);

    public byte[] Encode(Outcome outcome) => EnvelopeCodec.Encode(outcome);

    public Outcome DecodeOutcome(byte[] bytes) => EnvelopeCodec.DecodeOutcome(bytes);
}
