using System.Text.Json;
using Crm.Orleans.Grains;
using Crm.Runtime.Tests.Support;

namespace Crm.Cluster.Tests.Support;

/// <summary>What is said to boxes, as bytes.</summary>
internal sealed class BoxEnvelopes : IEnvelopes
{
    public byte[] Encode(CommandEnvelope envelope) => JsonSerializer.SerializeToUtf8Bytes(new Sent(
        envelope.Grain.Tenant, envelope.Grain.Kind, envelope.Grain.Key, envelope.Command.GetType().FullName!, JsonSerializer.SerializeToElement(envelope.Command, envelope.Command.GetType()),
        envelope.By.Kind, envelope.By.Id, envelope.CommandId, envelope.Fingerprint, envelope.ExpectedVersion, envelope.Now, envelope.IsFresh, envelope.IsIdOfWay));

    public CommandEnvelope DecodeEnvelope(byte[] bytes)
    {
        var sent = JsonSerializer.Deserialize<Sent>(bytes)!;
        // those that are no boxes' are for whoever judges to refuse
        var type = typeof(BoxCommand).Assembly.GetType(sent.Type) ?? Type.GetType(sent.Type)!;
        return new(
            new(sent.Tenant, sent.Kind, sent.Key), sent.Command.Deserialize(type)!, new Sender(sent.ByKind, sent.By), sent.CommandId, sent.Fingerprint, sent.ExpectedVersion, sent.Now, sent.IsFresh, sent.IsIdOfWay);
    }

    public byte[] Encode(Outcome outcome) => JsonSerializer.SerializeToUtf8Bytes(
        new Ended(outcome.Kind, outcome.Version, outcome.Position, (string?)outcome.Refusal, outcome.ClaimedKey, outcome.Holder, outcome.Grain));

    public Outcome DecodeOutcome(byte[] bytes)
    {
        var ended = JsonSerializer.Deserialize<Ended>(bytes)!;
        return new(ended.Kind, ended.Version, ended.Position, ended.Refusal, ended.ClaimedKey, ended.Holder, ended.Grain);
    }

    private sealed record Sent(
        string Tenant, string Kind, Guid Key, string Type, JsonElement Command, SenderKind ByKind, Guid By, string? CommandId, byte[]? Fingerprint, long? ExpectedVersion, DateTimeOffset? Now, bool IsFresh, bool IsIdOfWay);

    private sealed record Ended(OutcomeKind Kind, long Version, long Position, string? Refusal, string? ClaimedKey, Guid Holder, Guid Grain);
}
