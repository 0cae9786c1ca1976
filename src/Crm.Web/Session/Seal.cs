using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.DataProtection;

namespace Crm.Web.Session;

/// <summary>
/// What a client carries between two steps of a sign-in, sealed so that it can neither read nor change it, good for minutes, opened once.
/// Nothing is stored until somebody is signed in.
/// </summary>
public sealed class Seal(IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Crm.Seal").ToTimeLimitedDataProtector();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _opened = new(StringComparer.Ordinal);

    public string Close<T>(T content, JsonTypeInfo<T> type) where T : class =>
        _protector.CreateProtector(typeof(T).Name).Protect(JsonSerializer.Serialize(content, type), Lifetime);

    /// <summary>Null when it is not ours, is too old or, if it is to be used up, was opened before.</summary>
    public T? Open<T>(string text, JsonTypeInfo<T> type, bool useUp) where T : class
    {
        try
        {
            var content = JsonSerializer.Deserialize(_protector.CreateProtector(typeof(T).Name).Unprotect(text), type);
            return useUp && !_opened.TryAdd(Credentials.HashOf(text), time.GetUtcNow() + Lifetime) ? null : content;
        }
        catch (Exception notOurs) when (notOurs is CryptographicException or FormatException)
        {
            return null;
        }
        finally
        {
            ForgetOld();
        }
    }

    private void ForgetOld()
    {
        if (_opened.Count > 1_000)
        {
            foreach (var (hash, until) in _opened)
            {
                if (until < time.GetUtcNow())
                {
                    _opened.TryRemove(hash, out _);
                }
            }
        }
    }
}
