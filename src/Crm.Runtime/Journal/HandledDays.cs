namespace Crm.Runtime.Journal;

/// <summary>The days on which commands were handled, and which of them are long enough past to be forgotten.</summary>
internal sealed class HandledDays(long lastDay)
{
    private long _day = lastDay;
    private long _forgetBefore;

    /// <summary>Ids of earlier days, since 1970, may be forgotten; 0 when there is nothing to forget.</summary>
    public long ForgetBefore => Volatile.Read(ref _forgetBefore);

    /// <summary>The day, since 1970, under which a command is remembered: never earlier than one before it, though it may tell of a day long past.</summary>
    public long Of(DateTimeOffset at)
    {
        var day = at.ToUnixTimeMilliseconds() / 86_400_000;
        if (day > _day)
        {
            // counted from the day before this one on which anything was done: a server that was off for a month has forgotten nothing
            Volatile.Write(ref _forgetBefore, _day - HandledCommand.DaysKept);
            _day = day;
        }

        return _day;
    }

    public void Forgotten() => Volatile.Write(ref _forgetBefore, 0);
}
