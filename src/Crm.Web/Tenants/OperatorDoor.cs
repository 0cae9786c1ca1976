using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crm.Grains.Kernel;
using Crm.Web.Hosting;
using Crm.Web.Http;

namespace Crm.Web.Tenants;

/// <summary>Lets in whoever has the operator's key. Without one in the settings there is no door.</summary>
public sealed class OperatorDoor(CrmSettings settings, TimeProvider time)
{
    /// <summary>Wrong keys from one address before it must wait.</summary>
    public const int MostFailures = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private static readonly Refusal NothingHere = Refusal.NotFound("There is nothing here.");
    private static readonly Refusal Unknown = Refusal.Invalid("unauthenticated", "Send the operator's key.");
    private static readonly Refusal Throttled = Refusal.Conflict("login-throttled", "Too many wrong keys; wait before the next try.");

    private readonly byte[]? _key = settings.OperatorKey is { } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;
    private readonly ConcurrentDictionary<string, Queue<DateTimeOffset>> _failures = new(StringComparer.Ordinal);

    /// <summary>Whether the request may pass; if not, it was answered.</summary>
    public async Task<bool> OpensAsync(HttpContext http)
    {
        if (_key is null)
        {
            await Problems.WriteAsync(http, 404, NothingHere);
            return false;
        }

        var address = Throttle.AddressOf(http);
        if (WaitOf(address) is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await Problems.WriteAsync(http, 429, Throttled);
            return false;
        }

        const string Scheme = "Bearer ";
        var given = http.Request.Headers.Authorization is [{ Length: <= 1_000 } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..] : "";
        // hashes are as long as each other, so the comparison takes as long for every key
        if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _key))
        {
            return true;
        }

        NoteFailure(address);
        await Problems.WriteAsync(http, 401, Unknown);
        return false;
    }

    private TimeSpan? WaitOf(string address)
    {
        if (!_failures.TryGetValue(address, out var failures))
        {
            return null;
        }

        lock (failures)
        {
            while (failures.TryPeek(out var oldest) && oldest < time.GetUtcNow() - Window)
            {
                failures.Dequeue();
            }

            return failures.Count >= MostFailures ? failures.Peek() + Window - time.GetUtcNow() : null;
        }
    }

    private void NoteFailure(string address)
    {
        if (_failures.Count > 100_000)
        {
            _failures.Clear();
        }

        var failures = _failures.GetOrAdd(address, static _ => new());
        lock (failures)
        {
            failures.Enqueue(time.GetUtcNow());
        }
    }
}
