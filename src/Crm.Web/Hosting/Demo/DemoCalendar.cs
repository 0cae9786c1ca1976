using Crm.Silo.Tenants;

namespace Crm.Web.Hosting.Demo;

/// <summary>The working hours (9 to 18, Monday to Friday) of the weeks before a moment and after it, counted from the first one.</summary>
internal sealed class DemoCalendar
{
    private const int HoursADay = 9;
    private const int WeeksBefore = 8;
    private const int WeeksAfter = 60;

    private readonly List<DateTimeOffset> _days = [];
    private readonly TenantInfo _tenant;

    public DemoCalendar(TenantInfo tenant, DateTimeOffset now)
    {
        (_tenant, Now) = (tenant, now);
        var first = tenant.DayOf(now).AddDays(-7 * WeeksBefore);
        for (var day = first; day <= first.AddDays(7 * (WeeksBefore + WeeksAfter)); day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            {
                continue;
            }

            var opening = tenant.StartOf(day).AddHours(9).ToUniversalTime();
            _days.Add(opening);
            Hours += Math.Clamp((now - opening).TotalHours, 0, HoursADay);
        }
    }

    public DateTimeOffset Now { get; }

    /// <summary>Working hours until now.</summary>
    public double Hours { get; }

    /// <summary>The first moment there is something to tell of.</summary>
    public DateTimeOffset Start => _days[0].AddHours(-1);

    /// <summary>The moment after so many working hours, to the second; earlier than now for less than <see cref="Hours"/>.</summary>
    public DateTimeOffset At(double hours)
    {
        var day = Math.Min((int)(hours / HoursADay), _days.Count - 1);
        return _days[day].AddSeconds(Math.Floor((hours - day * HoursADay) * 3_600 + 0.001));
    }

    /// <summary>The last day of the month that it is now.</summary>
    public DateOnly MonthEnd
    {
        get
        {
            var today = _tenant.DayOf(Now);
            return new(today.Year, today.Month, DateTime.DaysInMonth(today.Year, today.Month));
        }
    }

    /// <summary>The calendar day after so many working hours.</summary>
    public DateOnly DayAt(double hours) => _tenant.DayOf(At(hours));
}
