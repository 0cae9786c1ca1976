namespace Crm.Web.Tests.BadInput;

/// <summary>An endpoint to send bad input to, with input that is right.</summary>
/// <param name="Path">Records in braces are made for each request.</param>
/// <param name="Body">A body that is accepted; null for reads.</param>
public sealed record Endpoint(string Name, string Method, string Path, string? Body = null)
{
    /// <summary>No body at all is a body too.</summary>
    public bool MayBeEmpty { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public override string ToString() => Name;
}

/// <summary>What the cases are sent to. <see cref="Groups"/> are the names that cases use besides those of single endpoints.</summary>
public static class Endpoints
{
    private const string Activity = """{"type":"note","text":"x"}""";
    private const string PlannedStep = """{"text":"x","dueAt":"2027-01-01T00:00:00Z"}""";

    public static IReadOnlyList<Endpoint> All { get; } =
    [
        new("session/sign-in", "POST", "/api/session", """{"login":"{repeat:x:400}","password":"x"}"""),
        new("session/locale", "POST", "/api/session/locale", """{"locale":"en"}"""),
        new("users/create", "POST", "/api/users", """{"name":"x","login":"{unique}","password":"long-enough-1","role":"sales"}"""),
        new("users/amend", "POST", "/api/users/{user}/amend", """{"name":"{unique}"}"""),
        new("users/activate", "POST", "/api/users/{user}/activate", "{}") { MayBeEmpty = true },
        new("users/deactivate", "POST", "/api/users/{user}/deactivate", "{}") { MayBeEmpty = true },
        new("users/set-password", "POST", "/api/users/{user}/set-password", """{"password":"long-enough-2"}"""),
        new("api-keys/create", "POST", "/api/api-keys", """{"name":"x","role":"sales"}"""),
        new("api-keys/rescope", "POST", "/api/api-keys/{api-key}/rescope", """{"scopes":["leads:read"]}"""),
        new("users/invite", "POST", "/api/users/invite", """{"name":"x","login":"{unique}@input.example","role":"sales"}"""),
        new("users/reset-factors", "POST", "/api/users/{user}/reset-factors", "{}") { MayBeEmpty = true },
        new("company-sign-in/set", "PUT", "/api/company-sign-in", """{"label":"x","issuer":"https://id.example.com","clientId":"x","enabled":false}"""),
        new("session/totp-begin", "POST", "/api/session/totp/begin", "{}") { MayBeEmpty = true },
        new("api-keys/revoke", "POST", "/api/api-keys/{api-key}/revoke", "{}") { MayBeEmpty = true },

        new("departments/create", "POST", "/api/departments", """{"name":"x"}"""),
        new("departments/amend", "POST", "/api/departments/{department}/amend", """{"name":"{unique}"}"""),
        new("roles/define", "PUT", "/api/roles/auditor", """{"name":"x","grants":[{"slice":"leads","verb":"read","scopes":["own"]}]}"""),

        new("tenant/amend", "POST", "/api/tenant/amend", """{"name":"{unique}"}"""),
        new("fields/add", "POST", "/api/fields/leads/add", """{"label":{"en":"{unique}"},"type":"text"}"""),
        new("fields/amend", "POST", "/api/fields/leads/amend", """{"key":"{field}","label":{"en":"{unique}"}}"""),
        new("fields/add-option", "POST", "/api/fields/leads/add-option", """{"key":"{choice}","option":{"label":{"en":"{unique}"}}}"""),
        new("fields/rename-option", "POST", "/api/fields/leads/rename-option", """{"key":"{choice}","option":"first","label":{"en":"{unique}"}}"""),
        new("fields/retire", "POST", "/api/fields/contacts/retire", """{"key":"{fresh-field}"}"""),

        new("roles/simulate", "POST", "/api/roles/simulate", """{"template":"factory"}"""),

        new("leads/create", "POST", "/api/leads", """{"name":"x"}"""),
        new("leads/assign-many", "POST", "/api/leads/assign", """{"ids":["{lead}"],"ownerId":"{sales}"}""") { Headers = new Dictionary<string, string> { ["Idempotency-Key"] = "{unique}" } },
        new("leads/amend", "POST", "/api/leads/{lead}/amend", """{"note":"x"}"""),
        new("leads/assign", "POST", "/api/leads/{lead}/assign", """{"ownerId":"{sales}"}"""),
        new("leads/log-activity", "POST", "/api/leads/{lead}/log-activity", Activity),
        new("leads/plan-step", "POST", "/api/leads/{lead}/plan-step", PlannedStep),
        new("leads/qualify", "POST", "/api/leads/{lead}/qualify", """{"note":"x"}""") { MayBeEmpty = true },
        new("leads/rule-out", "POST", "/api/leads/{lead}/rule-out", """{"reason":"wrong"}"""),
        new("leads/convert", "POST", "/api/leads/{lead}/convert", """{"opportunity":{"name":"x","pipeline":"simple","amount":1}}""") { MayBeEmpty = true },

        new("customers/create", "POST", "/api/customers", """{"type":"corporate","name":"x"}"""),
        new("customers/amend", "POST", "/api/customers/{customer}/amend", """{"note":"x"}"""),
        new("customers/assign", "POST", "/api/customers/{customer}/assign", """{"ownerId":"{sales}"}"""),
        new("customers/log-activity", "POST", "/api/customers/{customer}/log-activity", Activity),

        new("contacts/create", "POST", "/api/contacts", """{"customerId":"{customer}","name":"x"}"""),
        new("contacts/amend", "POST", "/api/contacts/{contact}/amend", """{"note":"x"}"""),
        new("contacts/move", "POST", "/api/contacts/{contact}/move", """{"customerId":"{customer}"}"""),
        new("contacts/log-activity", "POST", "/api/contacts/{contact}/log-activity", Activity),

        new("opportunities/create", "POST", "/api/opportunities", """{"name":"x","pipeline":"simple","amount":1}"""),
        new("opportunities/amend", "POST", "/api/opportunities/{opportunity}/amend", """{"note":"x"}"""),
        new("opportunities/move", "POST", "/api/opportunities/{opportunity}/move", """{"stage":"quote"}"""),
        new("opportunities/win", "POST", "/api/opportunities/{opportunity}/win", "{}") { MayBeEmpty = true },
        new("opportunities/lose", "POST", "/api/opportunities/{opportunity}/lose", """{"reason":"price"}"""),
        new("opportunities/assign", "POST", "/api/opportunities/{opportunity}/assign", """{"ownerId":"{sales}"}"""),
        new("opportunities/log-activity", "POST", "/api/opportunities/{opportunity}/log-activity", Activity),
        new("opportunities/plan-step", "POST", "/api/opportunities/{opportunity}/plan-step", PlannedStep),

        new("pipelines/create", "POST", "/api/pipelines", """{"key":"{unique}","name":"x"}"""),
        new("pipelines/rename", "POST", "/api/pipelines/{pipeline}/rename", """{"name":"y"}"""),
        new("pipelines/add-stage", "POST", "/api/pipelines/{pipeline}/add-stage", """{"name":"extra","winRate":5}"""),
        new("pipelines/rename-stage", "POST", "/api/pipelines/{pipeline}/rename-stage", """{"stage":"quote","name":"y"}"""),
        new("pipelines/rate-stage", "POST", "/api/pipelines/{pipeline}/rate-stage", """{"stage":"quote","winRate":71}"""),
        new("pipelines/reorder-stages", "POST", "/api/pipelines/{pipeline}/reorder-stages", """{"stages":["needs","contact","proposal","quote","signed"]}""")
        {
            Headers = new Dictionary<string, string> { ["If-Match"] = "\"1\"" },
        },
        new("pipelines/retire-stage", "POST", "/api/pipelines/{pipeline}/retire-stage", """{"stage":"quote"}"""),
        new("pipelines/retire", "POST", "/api/pipelines/{pipeline}/retire", "{}") { MayBeEmpty = true },
        new("targets/set", "PUT", "/api/targets", """{"pipeline":"{pipeline}","month":"2026-11","amount":1}"""),

        new("leads", "GET", "/api/leads"),
        new("customers", "GET", "/api/customers"),
        new("contacts", "GET", "/api/contacts"),
        new("opportunities", "GET", "/api/opportunities"),
        new("search", "GET", "/api/search"),
        new("leads/one", "GET", "/api/leads/{lead}"),
        new("customers/one", "GET", "/api/customers/{customer}"),
        new("contacts/one", "GET", "/api/contacts/{contact}"),
        new("opportunities/one", "GET", "/api/opportunities/{opportunity}"),
        new("leads/timeline", "GET", "/api/leads/{lead}/timeline"),
        new("customers/timeline", "GET", "/api/customers/{customer}/timeline"),
        new("contacts/timeline", "GET", "/api/contacts/{contact}/timeline"),
        new("opportunities/timeline", "GET", "/api/opportunities/{opportunity}/timeline"),
        new("funnel", "GET", "/api/funnels/simple"),
        new("board", "GET", "/api/boards/simple"),
        new("my-day", "GET", "/api/my-day"),
        new("users", "GET", "/api/users"),
        new("pipelines", "GET", "/api/pipelines"),
        new("targets", "GET", "/api/targets"),
    ];

    private static readonly string[] Lists = ["leads", "customers", "contacts", "opportunities"];

    public static IReadOnlyDictionary<string, Func<Endpoint, bool>> Groups { get; } = new Dictionary<string, Func<Endpoint, bool>>
    {
        ["json"] = endpoint => endpoint.Body is not null,
        ["needing"] = endpoint => endpoint is { Body: not null, MayBeEmpty: false },
        ["accepted"] = endpoint => endpoint.Body is not null && endpoint.Name != "session/sign-in",
        ["commands"] = endpoint => endpoint.Body is not null && endpoint.Name != "roles/simulate" && !endpoint.Name.StartsWith("session/", StringComparison.Ordinal),
        ["versioned"] = endpoint => endpoint.Body is not null && endpoint.Path.Contains('{', StringComparison.Ordinal),
        ["by-id"] = endpoint => endpoint.Path.Contains('{', StringComparison.Ordinal) && !endpoint.Path.Contains("{pipeline}", StringComparison.Ordinal),
        ["verbs"] = endpoint => endpoint.Body is not null && endpoint.Path.Contains('{', StringComparison.Ordinal),
        ["lists"] = endpoint => Lists.Contains(endpoint.Name),
        ["searches"] = endpoint => endpoint.Name == "search" || Lists.Contains(endpoint.Name),
        ["records"] = endpoint => endpoint.Name.EndsWith("/one", StringComparison.Ordinal),
        ["timelines"] = endpoint => endpoint.Name.EndsWith("/timeline", StringComparison.Ordinal),
        ["paged"] = endpoint => endpoint.Name == "search" || Lists.Contains(endpoint.Name) || endpoint.Name.EndsWith("/timeline", StringComparison.Ordinal),
        ["funnels"] = endpoint => endpoint.Name == "funnel",
        ["guarded"] = endpoint => endpoint.Name != "session/sign-in",
    };

    public static IEnumerable<Endpoint> Of(string groupOrName) =>
        Groups.TryGetValue(groupOrName, out var isIn) ? All.Where(isIn) : [All.Single(endpoint => endpoint.Name == groupOrName)];
}
