using System.Globalization;

namespace Crm.Silo.Imports.Files;

/// <summary>What a number cell says, as a person who looks at the sheet would type it.</summary>
internal static class XlsxNumber
{
    /// <summary>Excel shows 15 digits and stores 17; the last two are the noise of binary fractions.</summary>
    private const int ShownDigits = 15;
    private const double SecondsPerDay = 86_400;
    private const int LastDay1900 = 2_958_465;
    private const int DaysFrom1900To1904 = 1_462;

    /// <summary>The number without exponent or noise: <c>1.38E10</c> is a phone number, <c>0.30000000000000004</c> is 0.3.</summary>
    public static string Plain(ReadOnlySpan<char> stored)
    {
        if (!IsNoisy(stored) || !double.TryParse(stored, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return new string(stored);
        }

        var shown = number.ToString("G" + ShownDigits, CultureInfo.InvariantCulture);
        return decimal.TryParse(shown, NumberStyles.Float, CultureInfo.InvariantCulture, out var whole)
            ? whole.ToString(CultureInfo.InvariantCulture)
            : shown;
    }

    /// <summary>
    /// A day number as ISO 8601 without offset: <c>2026-11-21</c>, <c>2026-11-21T08:30:00</c>, or <c>08:30:00</c> when it is less than
    /// one day. To the second, as Excel shows it. As <see cref="Plain"/> when it is no day at all.
    /// </summary>
    public static string Moment(ReadOnlySpan<char> stored, bool is1904)
    {
        if (!double.TryParse(stored, NumberStyles.Float, CultureInfo.InvariantCulture, out var days)
            || !(days >= 0 && days + (is1904 ? DaysFrom1900To1904 : 0) < LastDay1900 + 1))
        {
            return Plain(stored);
        }

        var seconds = (long)Math.Round(days * SecondsPerDay);
        var (day, second) = ((int)(seconds / (long)SecondsPerDay), (int)(seconds % (long)SecondsPerDay));
        var time = TimeOnly.MinValue.Add(TimeSpan.FromSeconds(second));
        if (day == 0)
        {
            return time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        }

        if (day + (is1904 ? DaysFrom1900To1904 : 0) > LastDay1900)
        {
            return Plain(stored);
        }

        var date = Day(day, is1904).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return second == 0 ? date : $"{date}T{time.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}";
    }

    /// <summary>Lotus 1-2-3 took 1900 for a leap year, and Excel kept its day 60, the 29th of February 1900, which never was.</summary>
    private static DateOnly Day(int number, bool is1904) =>
        is1904 ? new DateOnly(1904, 1, 1).AddDays(number)
        : new DateOnly(1899, 12, 31).AddDays(number < 60 ? number : number - 1);

    private static bool IsNoisy(ReadOnlySpan<char> stored) => stored.Length > ShownDigits || stored.ContainsAny('e', 'E');
}
