using System.Text.Json.Serialization;

namespace Crm.Grains.Exports;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="ExportCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Waiting), "waiting")]
[JsonDerivedType(typeof(Queued), "queued")]
[JsonDerivedType(typeof(Running), "running")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Closed), "closed")]
public abstract record Export
{
    private Export() { }

    public static Export Initial { get; } = new Unknown();

    public sealed record Unknown : Export;

    public sealed record Waiting(Guid RequesterId) : Export;

    public sealed record Queued(Guid RequesterId) : Export;

    public sealed record Running(Guid RequesterId) : Export;

    /// <param name="KeptUntil">When the file is deleted, UTC.</param>
    public sealed record Done(Guid RequesterId, DateTimeOffset KeptUntil) : Export;

    /// <summary>Denied, refused, failed or expired: there is no file, and never will be.</summary>
    public sealed record Closed(Guid RequesterId) : Export;
}

/// <summary>What is to be exported, in the words of a list.</summary>
/// <param name="Slice">Its plural.</param>
/// <param name="Format"><c>csv</c> or <c>xlsx</c>.</param>
public sealed record ExportOrder(string Slice, string Format, string? Filter, string? Sort, string? Q, string? Fields);
