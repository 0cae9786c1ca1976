using System.Text.Json;
using Crm.Grains;
using Crm.Grains.Kernel;
using Crm.Runtime;
using Crm.Silo.Rights;

namespace Crm.Silo.Wire;

/// <summary>A command that this release does not know: a newer one sent it.</summary>
public sealed class UnknownCommandException(string kind, string command) : Exception($"This release knows no command '{command}' for '{kind}'.");

/// <summary>Commands and how they ended, as bytes between our own processes.</summary>
public static class EnvelopeCodec
{
    private static readonly Dictionary<(string Kind, string Name), Type> Types = [];
    private static readonly Dictionary<Type, string> Names = [];

    static EnvelopeCodec()
    {
        foreach (var slice in Slices.All)
        {
            foreach (var command in slice.Accept(CommandTypes.Instance))
            {
                Types[(slice.Kind, command.Name)] = command;
                Names[command] = command.Name;
            }
        }
    }

    /// <summary>Every command there is, by the kind of grain it is for.</summary>
    public static IEnumerable<(string Kind, Type Command)> Commands => Types.Select(entry => (entry.Key.Kind, entry.Value));

    public static byte[] Encode(CommandEnvelope envelope)
    {
        var type = envelope.Command.GetType();
        return JsonSerializer.SerializeToUtf8Bytes(
            new Sent(
                envelope.Grain.Tenant, envelope.Grain.Kind, envelope.Grain.Key, Names[type], JsonSerializer.SerializeToElement(envelope.Command, type, WireJson.Options),
                envelope.By.Kind, envelope.By.Id, (Asker?)envelope.By.Rights, envelope.CommandId, envelope.Fingerprint, envelope.ExpectedVersion, envelope.Now, envelope.IsFresh, envelope.IsIdOfWay),
            WireJson.Options);
    }

    /// <exception cref="UnknownCommandException">The command is newer than this program.</exception>
    public static CommandEnvelope DecodeEnvelope(byte[] bytes)
    {
        var sent = JsonSerializer.Deserialize<Sent>(bytes, WireJson.Options)!; // written above
        var type = Types.GetValueOrDefault((sent.Kind, sent.Name)) ?? throw new UnknownCommandException(sent.Kind, sent.Name);
        return new(
            new(sent.Tenant, sent.Kind, sent.Key), sent.Command.Deserialize(type, WireJson.Options)!, new Sender(sent.ByKind, sent.By, sent.Rights), // a command is an object
            sent.CommandId, sent.Fingerprint, sent.ExpectedVersion, sent.Now, sent.IsFresh, sent.IsIdOfWay);
    }

    public static byte[] Encode(Outcome outcome) => JsonSerializer.SerializeToUtf8Bytes(
        new Ended(outcome.Kind, outcome.Version, outcome.Position, (Refusal?)outcome.Refusal, outcome.ClaimedKey, outcome.Holder, outcome.Grain), WireJson.Options);

    public static Outcome DecodeOutcome(byte[] bytes)
    {
        var ended = JsonSerializer.Deserialize<Ended>(bytes, WireJson.Options)!; // written above
        return new(ended.Kind, ended.Version, ended.Position, ended.Refusal, ended.ClaimedKey, ended.Holder, ended.Grain);
    }

    private sealed record Sent(
        string Tenant, string Kind, Guid Key, string Name, JsonElement Command, SenderKind ByKind, Guid By, Asker? Rights,
        string? CommandId, byte[]? Fingerprint, long? ExpectedVersion, DateTimeOffset? Now, bool IsFresh, bool IsIdOfWay);

    private sealed record Ended(OutcomeKind Kind, long Version, long Position, Refusal? Refusal, string? ClaimedKey, Guid Holder, Guid Grain);

    private sealed class CommandTypes : ISliceVisitor<IReadOnlyList<Type>>
    {
        public static CommandTypes Instance { get; } = new();

        public IReadOnlyList<Type> Visit<TState, TCommand, TEvent, TCard>(Slice<TState, TCommand, TEvent, TCard> slice)
            where TState : class where TCommand : class where TEvent : class where TCard : class, ICard =>
            [.. typeof(TCommand).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(TCommand)) && !type.IsAbstract)];
    }
}
