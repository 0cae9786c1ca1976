using Crm.Runtime.Journal;

namespace Crm.Orleans.States;

/// <summary>A grain's state as an Orleans storage provider keeps it.</summary>
[GenerateSerializer, Alias("crm-grain-document")]
public sealed class GrainDocument
{
    /// <summary>How many events the grain has had.</summary>
    [Id(0)]
    public long Version { get; set; }

    /// <summary>UTF-8 JSON.</summary>
    [Id(1)]
    public byte[] State { get; set; } = [];

    /// <summary>The outbox: what this state came of and may not be in the journal yet, oldest first.</summary>
    [Id(2)]
    public List<PendingWrite> Pending { get; set; } = [];
}

/// <summary>The events of one command, and all that is needed to write them as they were to be written.</summary>
[GenerateSerializer, Alias("crm-pending-write")]
public sealed class PendingWrite
{
    [Id(0)]
    public long FromVersion { get; set; }

    [Id(1)]
    public List<PendingEvent> Events { get; set; } = [];

    [Id(2)]
    public DateTimeOffset At { get; set; }

    [Id(3)]
    public int ByKind { get; set; }

    [Id(4)]
    public Guid By { get; set; }

    [Id(5)]
    public string? CommandId { get; set; }

    [Id(6)]
    public byte[]? Fingerprint { get; set; }

    internal static PendingWrite Of(GrainWrite write) => new()
    {
        FromVersion = write.FromVersion,
        Events = [.. write.Events.Select(one => new PendingEvent { Type = one.Type, Payload = one.Payload, Salt = one.Salt, PayloadHash = one.PayloadHash })],
        At = write.At,
        ByKind = (int)write.By.Kind,
        By = write.By.Id,
        CommandId = write.CommandId,
        Fingerprint = write.Fingerprint,
    };
}

[GenerateSerializer, Alias("crm-pending-event")]
public sealed class PendingEvent
{
    [Id(0)]
    public string Type { get; set; } = "";

    [Id(1)]
    public byte[] Payload { get; set; } = [];

    [Id(2)]
    public byte[] Salt { get; set; } = [];

    [Id(3)]
    public byte[] PayloadHash { get; set; } = [];
}
