using Crm.Torture.Store;

namespace Crm.Torture.PowerCut;

/// <summary>Something that happened to the disk, or that the outside world got to know, in the order in which it happened.</summary>
internal abstract record TraceEvent
{
    private TraceEvent() { }

    /// <summary>Bytes were handed to the system; on disk only once synced.</summary>
    public sealed record Write(string File, long Offset, byte[] Data) : TraceEvent;

    /// <summary>A file was cut, or filled up with zeros, to a length.</summary>
    public sealed record Truncate(string File, long Length) : TraceEvent;

    /// <summary>A sync has returned: what had been handed over before event number <paramref name="Before"/> is on disk.</summary>
    public sealed record Sync(string File, int Before) : TraceEvent;

    public sealed record Unlink(string File) : TraceEvent;

    /// <summary>Answers went out.</summary>
    public sealed record Answer(IReadOnlyList<Ack> Acks) : TraceEvent;
}
