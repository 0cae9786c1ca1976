using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Crm.Runtime.Journal;
using Microsoft.AspNetCore.DataProtection;

namespace Crm.Web.Session;

/// <summary>
/// Secrets that must be read again, encrypted at rest: seeds of authenticator apps, client secrets, mails with links. What can be hashed is
/// hashed instead, see <see cref="Credentials"/>. The name is part of the encryption, so one secret cannot be put in another's place.
/// </summary>
public sealed class Vault(IGrainStore store, IDataProtectionProvider protection)
{
    /// <summary>Null when there is none, or when it cannot be decrypted because the key it was encrypted with is gone.</summary>
    public async ValueTask<T?> ReadAsync<T>(string name, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        if (await store.ReadSecretAsync(name, cancel) is not { } sealedValue)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(Protector(name).Unprotect(sealedValue), type);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether there is one, be it readable or not.</summary>
    public async ValueTask<bool> HasAsync(string name, CancellationToken cancel) => await store.ReadSecretAsync(name, cancel) is not null;

    public Task WriteAsync<T>(string name, T value, JsonTypeInfo<T> type, CancellationToken cancel) where T : class =>
        store.WriteSecretAsync(name, Protector(name).Protect(JsonSerializer.SerializeToUtf8Bytes(value, type)), cancel);

    public Task RemoveAsync(string name, CancellationToken cancel) => store.WriteSecretAsync(name, null, cancel);

    private IDataProtector Protector(string name) => protection.CreateProtector("Crm.Vault", name);
}
