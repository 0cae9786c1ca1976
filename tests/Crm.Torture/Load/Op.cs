namespace Crm.Torture.Load;

/// <summary>What is known of a command by what was answered to it.</summary>
internal enum Verdict
{
    /// <summary>Not answered yet.</summary>
    Pending,

    /// <summary>2xx: it must have happened.</summary>
    Ok,

    /// <summary>4xx, or 5xx that promises that nothing happened: it must not have happened.</summary>
    Refused,

    /// <summary>No answer, or one that does not know: it has happened wholly or not at all.</summary>
    Unknown,
}

/// <summary>What was answered to one sending.</summary>
/// <param name="Made">Ids of what a conversion made.</param>
internal sealed record Reply(Verdict Verdict, int Status, string Code, Guid Id = default, long Version = 0, IReadOnlyList<Guid>? Made = null);

/// <summary>One command, however often it is sent. Its key is also written into its text, so that the journal shows whose words it holds.</summary>
/// <param name="alwaysWrites">It cannot end in "it was so already".</param>
/// <param name="hasKeyInText">The body carries the key.</param>
internal sealed class Op(string key, string path, string body, bool alwaysWrites, bool hasKeyInText, long? ifMatch = null, bool isStale = false)
{
    private readonly Lock _gate = new();

    public string Key { get; } = key;

    public string Path { get; } = path;

    public string Body { get; } = body;

    public bool AlwaysWrites { get; } = alwaysWrites;

    public bool HasKeyInText { get; } = hasKeyInText;

    /// <summary>The version it insists on.</summary>
    public long? IfMatch { get; } = ifMatch;

    /// <summary>That version is known to be past.</summary>
    public bool IsStale { get; } = isStale;

    public Verdict Verdict { get; private set; }

    /// <summary>The first answer that said yes, or else the last one.</summary>
    public Reply? Reply { get; private set; }

    /// <summary>Takes an answer to a sending of this very command.</summary>
    /// <returns>What is wrong with it in the light of earlier ones, or null.</returns>
    public string? Take(Reply reply)
    {
        lock (_gate)
        {
            // neither says anything about the command itself
            if (reply.Code is "idempotency-in-flight" || (Verdict == Verdict.Ok && reply.Code is "overloaded" or "storage-full"))
            {
                return null;
            }

            if (Verdict == Verdict.Ok)
            {
                return reply.Verdict switch
                {
                    Verdict.Ok when (reply.Id, reply.Version, reply.Status) != (Reply!.Id, Reply.Version, Reply.Status) || !SameMade(reply) => // ok, so there is one
                        $"I3 {Key} {Path}: the second answer {Show(reply)} is not the first, {Show(Reply)}",
                    Verdict.Refused => $"I3 {Key} {Path}: answered {Show(Reply!)}, and when sent again {Show(reply)}",
                    _ => null,
                };
            }

            (Verdict, Reply) = (reply.Verdict, reply);
            return reply.Verdict == Verdict.Ok && IsStale ? $"I1 {Key} {Path}: taken at {Show(reply)} although it insisted on version {IfMatch}" : null;
        }
    }

    private bool SameMade(Reply reply) => (reply.Made ?? []).SequenceEqual(Reply?.Made ?? []);

    private static string Show(Reply reply) => $"{reply.Status} {reply.Code} {reply.Id} v{reply.Version} {string.Join(' ', reply.Made ?? [])}";
}
