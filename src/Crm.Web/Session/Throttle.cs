using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Crm.Runtime.Sharing;

namespace Crm.Web.Session;

/// <summary>
/// Counts tries of credentials, by account and by address, and says who must wait. In memory: a restart forgives. The processes of an
/// installation tell each other, so that going from one to the next gives nobody more tries.
/// </summary>
public sealed class Throttle(TimeProvider time)
{
    /// <summary>Failed tries for one account, or from one address, before it must wait.</summary>
    public const int Most = 10;

    // addresses are an attacker's to choose; past this many the oldest knowledge goes
    private const int MostKnown = 100_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private const string Tried = "throttle-tried";
    private const string Forgiven = "throttle-forgiven";
    private const string TakenBack = "throttle-taken-back";

    private readonly ConcurrentDictionary<string, List<DateTimeOffset>> _tries = new(StringComparer.Ordinal);

    private INoticeBoard _others = SilentBoard.Instance;

    /// <summary>Counts what the other processes count, and tells them. Once, before anybody is let in.</summary>
    public void Share(INoticeBoard others)
    {
        _others = others;
        others.Heard += Hear;
    }

    /// <summary>How long the account or the address must wait; null when it need not.</summary>
    public TimeSpan? WaitOf(string account, string address) => WaitOf($"account {account}") ?? WaitOf($"address {address}");

    /// <summary>Counts a try against the account and the address.</summary>
    public void Note(string account, string address)
    {
        foreach (var who in (string[])[$"account {account}", $"address {address}"])
        {
            Note(who);
            _others.Tell(Tried, Encoding.UTF8.GetBytes(who));
        }
    }

    /// <summary>
    /// Forgives an account that has proved itself, and the address this one try. The address's other tries stay: one good account must not
    /// pay for guessing others.
    /// </summary>
    public void Forgive(string account, string address)
    {
        _tries.TryRemove($"account {account}", out _);
        _others.Tell(Forgiven, Encoding.UTF8.GetBytes($"account {account}"));
        TakeBack($"address {address}");
        _others.Tell(TakenBack, Encoding.UTF8.GetBytes($"address {address}"));
    }

    private void Hear(string topic, byte[] notice)
    {
        switch (topic)
        {
            case Tried:
                Note(Encoding.UTF8.GetString(notice));
                break;
            case Forgiven:
                _tries.TryRemove(Encoding.UTF8.GetString(notice), out _);
                break;
            case TakenBack:
                TakeBack(Encoding.UTF8.GetString(notice));
                break;
        }
    }

    private void TakeBack(string who)
    {
        if (_tries.TryGetValue(who, out var tries))
        {
            lock (tries)
            {
                if (tries.Count > 0)
                {
                    tries.RemoveAt(tries.Count - 1);
                }
            }
        }
    }

    /// <summary>Where a request comes from, as far as it tells callers apart: a network of IPv6 gives one customer 2^64 addresses.</summary>
    public static string AddressOf(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
        {
            return "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"{new IPAddress([.. address.GetAddressBytes().Take(8), .. new byte[8]])}/64" : address.ToString();
    }

    private TimeSpan? WaitOf(string who)
    {
        if (!_tries.TryGetValue(who, out var tries))
        {
            return null;
        }

        lock (tries)
        {
            tries.RemoveAll(at => at < time.GetUtcNow() - Window);
            return tries.Count >= Most ? tries[0] + Window - time.GetUtcNow() : null;
        }
    }

    private void Note(string who)
    {
        if (_tries.Count > MostKnown)
        {
            _tries.Clear();
        }

        var tries = _tries.GetOrAdd(who, _ => []);
        lock (tries)
        {
            tries.Add(time.GetUtcNow());
        }
    }
}
