using System.Collections.Concurrent;

namespace Crm.Torture.Load;

/// <summary>What was found to be wrong, as sentences; each begins with the number of the broken invariant where there is one.</summary>
internal sealed class Problems
{
    private readonly ConcurrentQueue<string> _sentences = new();
    private int _lossSentences;

    public int Count => _sentences.Count;

    /// <summary>Sentences that are about anything but lost answers.</summary>
    public int Broken => _sentences.Count - _lossSentences;

    public IReadOnlyCollection<string> All => _sentences;

    /// <summary>Answered commands that are not in the journal.</summary>
    public int Lost { get; set; }

    /// <summary>Commands with more than one effect.</summary>
    public int Duplicated { get; set; }

    /// <summary>Places where a version or position is missing or twice.</summary>
    public int Gaps { get; set; }

    public void Add(string sentence) => _sentences.Enqueue(sentence);

    public void AddLoss(string sentence)
    {
        Interlocked.Increment(ref _lossSentences);
        Add(sentence);
    }

    public void Add(Problems others, string where)
    {
        _lossSentences += others._lossSentences;
        Lost += others.Lost;
        Duplicated += others.Duplicated;
        Gaps += others.Gaps;
        foreach (var sentence in others._sentences)
        {
            Add($"{where}: {sentence}");
        }
    }
}
