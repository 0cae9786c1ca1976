using System.Text.Json.Serialization;

namespace Crm.Grains.Contacts;

/// <summary>Only what the rules need in order to decide. What a screen shows lives in <see cref="ContactCard"/>.</summary>
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Known), "known")]
[JsonDerivedType(typeof(Erased), "erased")]
public abstract record Contact
{
    private Contact() { }

    public static Contact Initial { get; } = new Unknown();

    public sealed record Unknown : Contact;

    public sealed record Known(Guid CustomerId, string CustomerName, ContactDetails Details, Guid? OwnerId) : Contact;

    public sealed record Erased(Guid? OwnerId) : Contact;
}

/// <summary>What is known of a contact. Texts are trimmed and never empty; absent is null.</summary>
public sealed record ContactDetails(
    string Name, string? Mobile, string? Email, string? Title, string? Department, string? Wechat, string? Note, IReadOnlyDictionary<string, CustomValue> Custom)
{
    /// <summary>These details after one field changed.</summary>
    public ContactDetails With(FieldChange change) => change.Field switch
    {
        "name" => this with { Name = change.To ?? Name },
        "mobile" => this with { Mobile = change.To },
        "email" => this with { Email = change.To },
        "title" => this with { Title = change.To },
        "department" => this with { Department = change.To },
        "wechat" => this with { Wechat = change.To },
        "note" => this with { Note = change.To },
        _ when change.Field.StartsWith("custom.", StringComparison.Ordinal) => this with { Custom = Changes.WithCustom(Custom, change) },
        _ => this,
    };

    public ContactDetails With(IReadOnlyList<FieldChange> changes)
    {
        var next = this;
        foreach (var change in changes)
        {
            next = next.With(change);
        }

        return next;
    }
}
