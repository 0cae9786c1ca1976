using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Crm.Runtime.Journal;
using Crm.Web.Hosting;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;

namespace Crm.Web.Session;

/// <summary>
/// Keeps the keys of data protection in the store, so that a backup of the data can be decrypted and every server of an installation has the
/// same ones. With a master key they are encrypted themselves.
/// </summary>
internal sealed class StoredKeys(IServiceProvider services, CrmSettings settings) : IXmlRepository, IConfigureOptions<KeyManagementOptions>
{
    private const string Name = "data-protection-keys";

    private readonly Lock _gate = new();

    // the store is opened after the services are made
    private IGrainStore Store => services.GetRequiredService<IGrainStore>();

    public void Configure(KeyManagementOptions options)
    {
        options.XmlRepository = this;
        options.XmlEncryptor = settings.MasterKey is { } master ? new MasterKeyEncryptor(master) : null;
    }

    /// <summary>Makes sure that the keys can be decrypted: without them secrets would be lost in silence, and new ones kept under a key that lies beside them.</summary>
    /// <exception cref="MasterKeyException">They cannot be.</exception>
    public static async Task CheckAsync(IGrainStore store, CrmSettings settings, CancellationToken cancel)
    {
        if (await store.ReadSecretAsync(Name, cancel) is not { } xml)
        {
            return;
        }

        foreach (var sealedKey in XElement.Parse(Encoding.UTF8.GetString(xml)).Descendants(MasterKeyEncryptor.Element))
        {
            MasterKeyDecryptor.Decrypt(sealedKey, settings.MasterKey);
        }
    }

    public IReadOnlyCollection<XElement> GetAllElements() => [.. Read().Elements()];

#pragma warning disable RS0030 // the port of data protection does not wait; a key is made once in ninety days
    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_gate)
        {
            var all = Read();
            all.Add(element);
            Store.WriteSecretAsync(Name, Encoding.UTF8.GetBytes(all.ToString(SaveOptions.DisableFormatting)), CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    private XElement Read() =>
        Store.ReadSecretAsync(Name, CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } xml ? XElement.Parse(Encoding.UTF8.GetString(xml)) : new XElement("keys");
#pragma warning restore RS0030
}

/// <summary>Encrypts the keys of data protection with the operator's master key (AES-256-GCM under a key made from it).</summary>
internal sealed class MasterKeyEncryptor(string master) : IXmlEncryptor
{
    internal const string Element = "sealed";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedKey = new byte[12 + plain.Length + 16];
        RandomNumberGenerator.Fill(sealedKey.AsSpan(0, 12));
        using var aes = new AesGcm(KeyOf(master), 16);
        aes.Encrypt(sealedKey.AsSpan(0, 12), plain, sealedKey.AsSpan(12, plain.Length), sealedKey.AsSpan(12 + plain.Length));
        return new(new XElement(Element, Convert.ToBase64String(sealedKey)), typeof(MasterKeyDecryptor));
    }

    internal static byte[] KeyOf(string master) => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(master), 32, info: "crm data protection keys"u8.ToArray());
}

/// <summary>Made by data protection when it meets a key that <see cref="MasterKeyEncryptor"/> wrote.</summary>
internal sealed class MasterKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => Decrypt(encryptedElement, services.GetRequiredService<CrmSettings>().MasterKey);

    internal static XElement Decrypt(XElement encryptedElement, string? masterKey)
    {
        var master = masterKey ?? throw new MasterKeyException("The secrets of this data are encrypted under a master key: set Crm:MasterKey to what it was.");
        var sealedKey = Convert.FromBase64String(encryptedElement.Value);
        var plain = new byte[sealedKey.Length - 28];
        using var aes = new AesGcm(MasterKeyEncryptor.KeyOf(master), 16);
        try
        {
            aes.Decrypt(sealedKey.AsSpan(0, 12), sealedKey.AsSpan(12, plain.Length), sealedKey.AsSpan(12 + plain.Length), plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new MasterKeyException("The setting Crm:MasterKey is not the one that the secrets of this data were encrypted under: set it to what it was.");
        }

        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}

/// <summary>Secrets at rest cannot be read with the master key there is. Says what to do; holds no secret itself.</summary>
public sealed class MasterKeyException(string message) : Exception(message);
