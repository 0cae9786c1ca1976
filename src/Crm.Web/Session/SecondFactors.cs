using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Crm.Web.Session;

/// <summary>Time-based one-time passwords (RFC 6238: SHA-1, 30 seconds, six digits, as every authenticator app has them).</summary>
public static class Totp
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>How many steps a clock may be off, either way.</summary>
    private const int Drift = 1;

    public static byte[] NewSeed() => RandomNumberGenerator.GetBytes(20);

    /// <summary>The seed as people type it.</summary>
    public static string Written(byte[] seed)
    {
        var text = new char[seed.Length * 8 / 5];
        for (var i = 0; i < text.Length; i++)
        {
            var bit = i * 5;
            var pair = (seed[bit / 8] << 8) | (bit / 8 + 1 < seed.Length ? seed[bit / 8 + 1] : 0);
            text[i] = Alphabet[(pair >> (11 - bit % 8)) & 31];
        }

        return new(text);
    }

    /// <summary>What a QR code says to an authenticator app.</summary>
    public static string Address(string company, string login, byte[] seed) =>
        $"otpauth://totp/{Uri.EscapeDataString(company)}:{Uri.EscapeDataString(login)}?secret={Written(seed)}&issuer={Uri.EscapeDataString(company)}";

    /// <summary>The step whose code this is, later than <paramref name="after"/>; null when it is none.</summary>
    public static long? Match(byte[] seed, string code, DateTimeOffset now, long after)
    {
        long? found = null;
        var step = now.ToUnixTimeSeconds() / 30;
        for (var candidate = step - Drift; candidate <= step + Drift; candidate++)
        {
            // every candidate is computed and compared in full, so that time tells nothing
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(CodeOf(seed, candidate)), System.Text.Encoding.UTF8.GetBytes(code)) && candidate > after)
            {
                found ??= candidate;
            }
        }

        return found;
    }

    /// <summary>The code of a step of 30 seconds since 1970.</summary>
    public static string CodeOf(byte[] seed, long step)
    {
        Span<byte> message = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(message, step);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // RFC 6238 as apps implement it; HMAC-SHA-1 is not broken for this
        HMACSHA1.HashData(seed, message, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[19] & 15)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}

/// <summary>The second factor of each person: the seed of their authenticator app, encrypted, and recovery codes, hashed.</summary>
public sealed class SecondFactors(Vault vault, TimeProvider time) : IDisposable
{
    /// <summary>How many recovery codes there are.</summary>
    public const int RecoveryCodes = 10;

    // without l, 1, o and 0: they are read from paper
    private const string CodeAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    // between reading which codes are used and writing that one more is, nobody else does
    private readonly SemaphoreSlim _using = new(1);

    /// <summary>Whether a person has an authenticator app. A seed that cannot be read counts too: else whoever loses the key that encrypts it would lose the factor of everybody.</summary>
    public ValueTask<bool> IsOnAsync(Guid userId, CancellationToken cancel) => vault.HasAsync(Name(userId), cancel);

    public async ValueTask<int> CodesLeftAsync(Guid userId, CancellationToken cancel) => await ReadAsync(userId, cancel) is { IsConfirmed: true } known ? known.Recovery.Count : 0;

    /// <summary>Makes a seed, which counts once a code of it was seen. An app that is enrolled stays so until then.</summary>
    public async Task<byte[]> BeginAsync(Guid userId, CancellationToken cancel)
    {
        var seed = Totp.NewSeed();
        await vault.WriteAsync(PendingName(userId), new FactorSecret(seed, IsConfirmed: false, 0, []), FactorJson.Default.FactorSecret, cancel);
        return seed;
    }

    /// <summary>Puts a new seed in force, if the code is one of it.</summary>
    /// <returns>Recovery codes, which are not stored; null when the code is wrong.</returns>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(Guid userId, string code, CancellationToken cancel)
    {
        await _using.WaitAsync(cancel);
        try
        {
            if (await vault.ReadAsync(PendingName(userId), FactorJson.Default.FactorSecret, cancel) is not { } pending
                || Totp.Match(pending.Seed, Tidy(code), time.GetUtcNow(), after: 0) is not { } step)
            {
                return null;
            }

            var (codes, hashes) = NewCodes();
            await vault.WriteAsync(Name(userId), new FactorSecret(pending.Seed, IsConfirmed: true, step, hashes), FactorJson.Default.FactorSecret, cancel);
            await vault.RemoveAsync(PendingName(userId), cancel);
            return codes;
        }
        finally
        {
            _using.Release();
        }
    }

    /// <summary>Makes recovery codes in place of those there were; null without an app.</summary>
    public async Task<IReadOnlyList<string>?> RenewCodesAsync(Guid userId, CancellationToken cancel)
    {
        await _using.WaitAsync(cancel);
        try
        {
            if (await ReadAsync(userId, cancel) is not { IsConfirmed: true } known)
            {
                return null;
            }

            var (codes, hashes) = NewCodes();
            await vault.WriteAsync(Name(userId), known with { Recovery = hashes }, FactorJson.Default.FactorSecret, cancel);
            return codes;
        }
        finally
        {
            _using.Release();
        }
    }

    /// <summary>Uses up a code of the app or a recovery code.</summary>
    /// <returns><c>totp</c> or <c>recovery-code</c>; null when it is neither, or was used before.</returns>
    public async Task<string?> UseAsync(Guid userId, string code, CancellationToken cancel)
    {
        await _using.WaitAsync(cancel);
        try
        {
            if (await ReadAsync(userId, cancel) is not { IsConfirmed: true } known)
            {
                return null;
            }

            var tidy = Tidy(code);
            if (Totp.Match(known.Seed, tidy, time.GetUtcNow(), known.LastStep) is { } step)
            {
                await vault.WriteAsync(Name(userId), known with { LastStep = step }, FactorJson.Default.FactorSecret, cancel);
                return "totp";
            }

            var hash = Credentials.HashOf(tidy);
            if (!known.Recovery.Contains(hash))
            {
                return null;
            }

            await vault.WriteAsync(Name(userId), known with { Recovery = [.. known.Recovery.Where(each => each != hash)] }, FactorJson.Default.FactorSecret, cancel);
            return "recovery-code";
        }
        finally
        {
            _using.Release();
        }
    }

    public async Task RemoveAsync(Guid userId, CancellationToken cancel)
    {
        await vault.RemoveAsync(Name(userId), cancel);
        await vault.RemoveAsync(PendingName(userId), cancel);
    }

    public void Dispose() => _using.Dispose();

    private ValueTask<FactorSecret?> ReadAsync(Guid userId, CancellationToken cancel) => vault.ReadAsync(Name(userId), FactorJson.Default.FactorSecret, cancel);

    private static (IReadOnlyList<string> Codes, IReadOnlyList<string> Hashes) NewCodes()
    {
        string[] codes = [.. Enumerable.Range(0, RecoveryCodes).Select(_ => RandomNumberGenerator.GetString(CodeAlphabet, 12))];
        return ([.. codes.Select(code => $"{code[..4]}-{code[4..8]}-{code[8..]}")], [.. codes.Select(Credentials.HashOf)]);
    }

    private static string Tidy(string code) => code.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string Name(Guid userId) => $"totp:{userId:N}";

    private static string PendingName(Guid userId) => $"totp-pending:{userId:N}";
}

/// <param name="LastStep">The step of the last code that was used: none before it is taken again.</param>
/// <param name="Recovery">Hashes of the codes that are left; 60 bits each, and tries are throttled.</param>
internal sealed record FactorSecret(byte[] Seed, bool IsConfirmed, long LastStep, IReadOnlyList<string> Recovery);

[JsonSerializable(typeof(FactorSecret))]
internal sealed partial class FactorJson : JsonSerializerContext;
