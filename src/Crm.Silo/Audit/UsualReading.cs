namespace Crm.Silo.Audit;

/// <summary>What is usual, and what is far above it. Pure: the same numbers give the same answer.</summary>
public static class UsualReading
{
    /// <summary>How far back what is usual is looked for, in days.</summary>
    public const int Days = 14;

    /// <summary>A person's usual: the median of the days' peaks, 0 without any.</summary>
    public static int Of(IEnumerable<int> peaks)
    {
        var sorted = peaks.Where(peak => peak > 0).Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }

    /// <summary>The count from which on reading is unusual.</summary>
    /// <param name="own">The person's usual.</param>
    /// <param name="colleagues">The usual of the others with the same role.</param>
    public static int ThresholdOf(int own, IEnumerable<int> colleagues, int least, int times) =>
        (int)Math.Min(int.MaxValue, Math.Max(least, (long)times * Math.Max(own, Of(colleagues))));
}
