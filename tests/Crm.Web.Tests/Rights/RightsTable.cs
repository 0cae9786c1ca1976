namespace Crm.Web.Tests.Rights;

/// <summary>Who asks, and about whose record.</summary>
public enum Role
{
    /// <summary>Nobody is signed in; the record is a salesperson's.</summary>
    Guest,

    /// <summary>A salesperson, about a record of their own.</summary>
    Own,

    /// <summary>A salesperson, about a colleague's record.</summary>
    Others,

    /// <summary>A salesperson, about a record that belongs to nobody.</summary>
    Nobodys,

    /// <summary>An administrator, about a salesperson's record.</summary>
    Admin,

    /// <summary>An administrator of another tenant, about a salesperson's record.</summary>
    Foreign,

    /// <summary>An API key with the sales role, about a record of its own.</summary>
    Key,

    /// <summary>Who manages the department above the salesperson's, about that salesperson's record.</summary>
    Manager,

    /// <summary>A colleague of the salesperson's department who may only read, about that salesperson's record.</summary>
    Viewer,

    /// <summary>An administrator's API key of which every scope is to read, about a salesperson's record.</summary>
    Reader,

    /// <summary>Somebody who was shut out while signed in: a guest.</summary>
    Disabled,
}

/// <summary>What one route answers to each role.</summary>
/// <param name="Route">Method and pattern, as the application has them; <c>*</c> for any method.</param>
public sealed record RightsRow(string Route, int Guest, int Own, int Others, int Nobodys, int Admin, int Foreign, int Key, int Manager, int Viewer, int Reader)
{
    /// <summary>A body that is right in itself, so that only the rights decide. <c>{customer}</c> is one that belongs to whom the record belongs.</summary>
    public string? Body { get; init; }

    /// <summary>What an administrator does to the record first, as <c>verb body</c>.</summary>
    public string? Before { get; init; }

    public string? Query { get; init; }

    /// <summary>Counts tries: so many roles try it here that it may answer 429.</summary>
    public bool IsThrottled { get; init; }

    public (string Name, string Value)[] Headers { get; init; } = [];

    public int StatusFor(Role role) => role switch
    {
        Role.Guest => Guest,
        Role.Own => Own,
        Role.Others => Others,
        Role.Nobodys => Nobodys,
        Role.Admin => Admin,
        Role.Foreign => Foreign,
        Role.Manager => Manager,
        Role.Viewer => Viewer,
        Role.Reader => Reader,
        Role.Disabled => Guest,
        _ => Key,
    };
}

/// <summary>Every route of the application with what it answers to whom. A route that is missing here fails a test.</summary>
public static class RightsTable
{
    private const string Amount = """{"amount":"1.00","currency":"CNY"}""";
    private const string Activity = """{"type":"note","text":"x"}""";
    private const string PlannedStep = """{"text":"x","dueAt":"2027-01-01T00:00:00Z"}""";
    private const string Nothing = """{"filter":"name eq \"nobody is called so\""}""";
    private const string Limits = """{"approveAboveRows":0,"dailyRows":100000,"windowMinutes":10,"leastRecords":300,"timesUsual":5,"step":"tell"}""";
    private static readonly (string, string)[] Key = [("Idempotency-Key", "{unique}")];

    public static IReadOnlyList<RightsRow> Rows { get; } =
    [
        //                                               guest own others nobody's admin foreign key manager viewer reader
        new("GET /health/live",                            200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /health/ready",                           200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /metrics",                                404, 404, 404, 404, 404, 404, 404, 404, 404, 404), // unless a setting opens it
        new("GET /openapi/{documentName}.json",            200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("* /live/negotiate",                           401, 200, 200, 200, 200, 200, 200, 200, 200, 200),

        new("POST /api/session",                           401, 401, 401, 401, 401, 401, 401, 401, 401, 401) { Body = """{"login":"{long}","password":"x"}""" },
        new("GET /api/session",                            401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("POST /api/session/locale",                    401, 200, 200, 200, 200, 404, 404, 200, 200, 404) { Body = """{"locale":"en"}""" }, // keys have no language
        new("DELETE /api/session",                         401, 204, 204, 204, 204, 204, 204, 204, 204, 204),
        new("POST /api/session/second-factor",             401, 401, 401, 401, 401, 401, 401, 401, 401, 401) { Body = """{"ticket":"{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}{long}","code":"000000"}""" },
        new("POST /api/session/passkey/begin",             200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("POST /api/session/passkey",                   401, 401, 401, 401, 401, 401, 401, 401, 401, 401) { Body = """{"ticket":"x","credential":{}}""", IsThrottled = true },
        new("POST /api/session/company",                   422, 422, 422, 422, 422, 422, 422, 422, 422, 422) { Body = """{"company":"{unique}"}""", IsThrottled = true },
        new("GET /sign-in/callback",                       303, 303, 303, 303, 303, 303, 303, 303, 303, 303),
        new("POST /api/session/forgotten",                 202, 202, 202, 202, 202, 202, 202, 202, 202, 202) { Body = """{"login":"{unique}"}""", IsThrottled = true },
        new("POST /api/session/reset",                     422, 422, 422, 422, 422, 422, 422, 422, 422, 422) { Body = """{"token":"x","password":"long-enough-1"}""", IsThrottled = true },
        new("POST /api/session/invitation",                422, 422, 422, 422, 422, 422, 422, 422, 422, 422) { Body = """{"token":"x"}""", IsThrottled = true },
        new("POST /api/session/accept",                    422, 422, 422, 422, 422, 422, 422, 422, 422, 422) { Body = """{"token":"x","password":"long-enough-1"}""", IsThrottled = true },

        // about oneself: a key is nobody
        new("GET /api/session/security",                   401, 200, 200, 200, 200, 403, 403, 200, 200, 403),
        new("POST /api/session/confirm",                   401, 422, 422, 422, 422, 403, 403, 422, 422, 403) { Body = """{"password":"x"}""", IsThrottled = true },
        new("POST /api/session/password",                  401, 422, 422, 422, 422, 403, 403, 422, 422, 403) { Body = """{"password":"x"}""" },
        new("POST /api/session/totp/begin",                401, 200, 200, 200, 200, 403, 403, 200, 200, 403),
        new("POST /api/session/totp",                      401, 422, 422, 422, 422, 403, 403, 422, 422, 403) { Body = """{"code":"000000"}""", IsThrottled = true },
        new("POST /api/session/totp/remove",               401, 204, 204, 204, 204, 403, 403, 204, 204, 403),
        new("POST /api/session/recovery-codes",            401, 409, 409, 409, 409, 403, 403, 409, 409, 403),
        new("POST /api/session/passkeys/begin",            401, 200, 200, 200, 200, 403, 403, 200, 200, 403),
        new("POST /api/session/passkeys",                  401, 422, 422, 422, 422, 403, 403, 422, 422, 403) { Body = """{"ticket":"x","credential":{},"name":"x"}""" },
        new("POST /api/session/passkeys/remove",           401, 204, 204, 204, 204, 403, 403, 204, 204, 403) { Body = """{"id":"x"}""" },
        new("POST /api/session/revoke-others",             401, 204, 204, 204, 204, 403, 403, 204, 204, 403),

        new("GET /api/session/sessions",                   401, 200, 200, 200, 200, 403, 403, 200, 200, 403),
        new("POST /api/session/sessions/revoke",           401, 404, 404, 404, 404, 403, 403, 404, 404, 403) { Body = """{"id":"01900000-0000-7000-8000-00000000000a"}""" },
        new("GET /api/sessions",                           401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("GET /api/sessions/groups",                    401, 403, 403, 403, 200, 200, 403, 403, 403, 200) { Query = "?by=status" },
        new("GET /api/sessions/{id}",                      401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("GET /api/sessions/{id}/timeline",             401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("POST /api/sessions/{id}/revoke",              401, 403, 403, 403, 200, 404, 403, 403, 403, 403),

        new("GET /api/company-sign-in",                    401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("PUT /api/company-sign-in",                    401, 403, 403, 403, 200, 200, 403, 403, 403, 403) { Body = """{"label":"x","issuer":"https://id.example.com","clientId":"x","enabled":false}""" },

        new("GET /api/mails",                              401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("GET /api/mails/groups",                       401, 403, 403, 403, 200, 200, 403, 403, 403, 200) { Query = "?by=topic" },
        new("GET /api/mails/{id}",                         401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("GET /api/mails/{id}/timeline",                401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("POST /api/mails/{id}/open",                   401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("POST /api/mails/{id}/resend",                 401, 403, 403, 403, 200, 404, 403, 403, 403, 403),

        new("GET /api/users",                              401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("POST /api/users",                             401, 403, 403, 403, 201, 201, 403, 403, 403, 403) { Body = """{"name":"x","login":"{unique}","password":"long-enough-1","role":"sales"}""" },
        new("POST /api/users/{id}/amend",                  401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"name":"x"}""" },
        new("POST /api/users/{id}/activate",               401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("POST /api/users/{id}/deactivate",             401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("POST /api/users/{id}/set-password",           401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"password":"long-enough-2"}""" },

        new("GET /api/tenant",                             401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("GET /api/tenant/timeline",                    401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("POST /api/tenant/amend",                      401, 403, 403, 403, 200, 200, 403, 403, 403, 403) { Body = """{"name":"{unique}"}""" },
        new("POST /api/tenant/modules/{module}",           401, 403, 403, 403, 404, 404, 403, 403, 403, 403) { Body = """{"on":true}""" }, // {module} is none

        new("GET /api/fields",                             401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/fields/{slice}",                     401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/fields/{slice}/timeline",            401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("POST /api/fields/{slice}/add",                401, 403, 403, 403, 200, 200, 403, 403, 403, 403) { Body = """{"label":{"zh":"字段"},"type":"text"}""" },
        new("POST /api/fields/{slice}/amend",              401, 403, 403, 403, 422, 422, 403, 403, 403, 403) { Body = """{"key":"x","required":true}""" },
        new("POST /api/fields/{slice}/add-option",         401, 403, 403, 403, 422, 422, 403, 403, 403, 403) { Body = """{"key":"x","option":{"label":{"en":"x"}}}""" },
        new("POST /api/fields/{slice}/rename-option",      401, 403, 403, 403, 422, 422, 403, 403, 403, 403) { Body = """{"key":"x","option":"x","label":{"en":"x"}}""" },
        new("POST /api/fields/{slice}/retire-option",      401, 403, 403, 403, 422, 422, 403, 403, 403, 403) { Body = """{"key":"x","option":"x"}""" },
        new("POST /api/fields/{slice}/restore-option",     401, 403, 403, 403, 422, 422, 403, 403, 403, 403) { Body = """{"key":"x","option":"x"}""" },
        new("POST /api/fields/{slice}/retire",             401, 403, 403, 403, 422, 422, 403, 403, 403, 403) { Body = """{"key":"x"}""" },
        new("POST /api/fields/{slice}/restore",            401, 403, 403, 403, 422, 422, 403, 403, 403, 403) { Body = """{"key":"x"}""" },
        new("POST /api/fields/{slice}/reorder",            401, 403, 403, 403, 422, 422, 403, 403, 403, 403) { Body = """{"keys":["x"]}""" },

        // without the operator's key in the settings there is no such door
        new("GET /api/operator/tenants",                   404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
        new("POST /api/operator/tenants",                  404, 404, 404, 404, 404, 404, 404, 404, 404, 404) { Body = """{"key":"x","name":"x","admin":{"login":"{unique}"}}""" },
        new("GET /api/operator/tenants/{key}",             404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
        new("GET /api/operator/tenants/{key}/export",      404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
        new("POST /api/operator/tenants/{key}/limit-files", 404, 404, 404, 404, 404, 404, 404, 404, 404, 404) { Body = """{"megabytes":1}""" },
        new("POST /api/operator/tenants/{key}/suspend",    404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
        new("POST /api/operator/tenants/{key}/resume",     404, 404, 404, 404, 404, 404, 404, 404, 404, 404),
        new("POST /api/operator/tenants/{key}/delete",     404, 404, 404, 404, 404, 404, 404, 404, 404, 404) { Body = """{"name":"x"}""" },

        new("GET /api/handovers",                          401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("GET /api/handovers/groups",                   401, 403, 403, 403, 200, 200, 403, 403, 403, 200) { Query = "?by=status" },
        new("GET /api/handovers/{id}",                     401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("GET /api/handovers/{id}/timeline",            401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("GET /api/handovers/preview",                  401, 403, 403, 403, 400, 400, 403, 403, 403, 400),
        new("POST /api/handovers",                         401, 403, 403, 403, 422, 422, 403, 403, 403, 403) { Body = """{"fromId":"{id}","to":["{other}"]}""" },
        new("POST /api/handovers/{id}/undo",               401, 403, 403, 403, 202, 404, 403, 403, 403, 403),

        new("GET /api/departments",                        401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/departments/groups",                 401, 200, 200, 200, 200, 200, 200, 200, 200, 200) { Query = "?by=managerId" },
        new("GET /api/departments/{id}",                   401, 200, 200, 200, 200, 404, 200, 200, 200, 200),
        new("GET /api/departments/{id}/timeline",          401, 200, 200, 200, 200, 404, 200, 200, 200, 200),
        new("POST /api/departments",                       401, 403, 403, 403, 201, 201, 403, 403, 403, 403) { Body = """{"name":"x"}""" },
        new("POST /api/departments/{id}/amend",            401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"name":"{unique}"}""" },
        new("POST /api/departments/{id}/move",             401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"parentId":null}""" },
        new("POST /api/departments/{id}/close",            401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("POST /api/departments/{id}/reopen",           401, 403, 403, 403, 200, 404, 403, 403, 403, 403),

        new("GET /api/roles",                              401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/roles/catalog",                      401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("GET /api/roles/templates",                    401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("GET /api/roles/timeline",                     401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("PUT /api/roles/{key}",                        401, 403, 403, 403, 200, 200, 403, 403, 403, 403) { Body = """{"name":"x","grants":[{"slice":"leads","verb":"read","scopes":["own"]}]}""" },
        new("POST /api/roles/{key}/remove",                401, 403, 403, 403, 422, 422, 403, 403, 403, 403),
        new("POST /api/roles/simulate",                    401, 403, 403, 403, 200, 200, 403, 403, 403, 403) { Body = """{"template":"factory"}""" },
        new("POST /api/roles/switch-template",             401, 403, 403, 403, 200, 200, 403, 403, 403, 403) { Body = """{"template":"standard"}""" },
        new("GET /api/access/mine",                        401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/access/explain",                     401, 403, 403, 403, 400, 400, 403, 403, 403, 400),

        new("POST /api/leads/export",                          401, 403, 403, 403, 202, 202, 403, 403, 403, 403) { Body = Nothing },
        new("POST /api/leads/{id}/restore",                    401, 200, 404, 200, 200, 404, 200, 200, 403, 403) { Body = """{"field":"note","version":1}""" },
        new("GET /api/leads/{id}/personal-data",               401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("POST /api/leads/{id}/erase",                      401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("GET /api/leads/{id}/shares",                 401, 200, 404, 200, 200, 404, 200, 200, 200, 200),
        new("POST /api/leads/{id}/share",                 401, 200, 404, 200, 200, 404, 200, 200, 403, 403) { Body = """{"userId":"{other}"}""" },
        new("POST /api/leads/{id}/unshare",               401, 422, 404, 422, 422, 404, 422, 422, 403, 403) { Body = """{"userId":null}""" },

        new("POST /api/customers/export",                      401, 403, 403, 403, 202, 202, 403, 403, 403, 403) { Body = Nothing },
        new("POST /api/customers/{id}/restore",                401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"field":"note","version":1}""" },
        new("GET /api/customers/{id}/personal-data",           401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("POST /api/customers/{id}/erase",                  401, 403, 403, 403, 409, 404, 403, 403, 403, 403),
        new("GET /api/customers/{id}/shares",             401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("POST /api/customers/{id}/share",             401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"userId":"{other}"}""" },
        new("POST /api/customers/{id}/unshare",           401, 422, 404, 404, 422, 404, 422, 422, 403, 403) { Body = """{"userId":null}""" },

        new("POST /api/contacts/export",                       401, 403, 403, 403, 202, 202, 403, 403, 403, 403) { Body = Nothing },
        new("POST /api/contacts/{id}/restore",                 401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"field":"note","version":1}""" },
        new("GET /api/contacts/{id}/personal-data",            401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("POST /api/contacts/{id}/erase",                   401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("GET /api/contacts/{id}/shares",              401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("POST /api/contacts/{id}/share",              401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"userId":"{other}"}""" },
        new("POST /api/contacts/{id}/unshare",            401, 422, 404, 404, 422, 404, 422, 422, 403, 403) { Body = """{"userId":null}""" },

        new("POST /api/opportunities/export",                  401, 403, 403, 403, 202, 202, 403, 403, 403, 403) { Body = Nothing },
        new("POST /api/opportunities/{id}/restore",            401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"field":"note","version":1}""" },
        new("GET /api/opportunities/{id}/shares",         401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("POST /api/opportunities/{id}/share",         401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"userId":"{other}"}""" },
        new("POST /api/opportunities/{id}/unshare",       401, 422, 404, 404, 422, 404, 422, 422, 403, 403) { Body = """{"userId":null}""" },

        new("GET /api/leads/{id}/files", 401, 200, 404, 200, 200, 404, 200, 200, 200, 200),
        new("POST /api/leads/{id}/files", 401, 201, 404, 201, 201, 404, 201, 201, 403, 403) { Body = "{\"x\":1}", Query = "?name=x.json" },
        new("POST /api/leads/{id}/files/{file}/link", 401, 404, 404, 404, 404, 404, 404, 404, 404, 403), // {file} is none
        new("POST /api/leads/{id}/files/{file}/remove", 401, 404, 404, 404, 404, 404, 404, 404, 403, 403),
        new("POST /api/leads/{id}/files/{file}/restore", 401, 404, 404, 404, 404, 404, 404, 404, 403, 403),

        new("GET /api/customers/{id}/files", 401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("POST /api/customers/{id}/files", 401, 201, 404, 404, 201, 404, 201, 201, 403, 403) { Body = "{\"x\":1}", Query = "?name=x.json" },
        new("POST /api/customers/{id}/files/{file}/link", 401, 404, 404, 404, 404, 404, 404, 404, 404, 403), // {file} is none
        new("POST /api/customers/{id}/files/{file}/remove", 401, 404, 404, 404, 404, 404, 404, 404, 403, 403),
        new("POST /api/customers/{id}/files/{file}/restore", 401, 404, 404, 404, 404, 404, 404, 404, 403, 403),

        new("GET /api/contacts/{id}/files", 401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("POST /api/contacts/{id}/files", 401, 201, 404, 404, 201, 404, 201, 201, 403, 403) { Body = "{\"x\":1}", Query = "?name=x.json" },
        new("POST /api/contacts/{id}/files/{file}/link", 401, 404, 404, 404, 404, 404, 404, 404, 404, 403), // {file} is none
        new("POST /api/contacts/{id}/files/{file}/remove", 401, 404, 404, 404, 404, 404, 404, 404, 403, 403),
        new("POST /api/contacts/{id}/files/{file}/restore", 401, 404, 404, 404, 404, 404, 404, 404, 403, 403),

        new("GET /api/opportunities/{id}/files", 401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("POST /api/opportunities/{id}/files", 401, 201, 404, 404, 201, 404, 201, 201, 403, 403) { Body = "{\"x\":1}", Query = "?name=x.json" },
        new("POST /api/opportunities/{id}/files/{file}/link", 401, 404, 404, 404, 404, 404, 404, 404, 404, 403), // {file} is none
        new("POST /api/opportunities/{id}/files/{file}/remove", 401, 404, 404, 404, 404, 404, 404, 404, 403, 403),
        new("POST /api/opportunities/{id}/files/{file}/restore", 401, 404, 404, 404, 404, 404, 404, 404, 403, 403),
        new("GET /api/downloads/{token}", 404, 404, 404, 404, 404, 404, 404, 404, 404, 404), // {token} is none

        new("POST /api/users/invite",                      401, 403, 403, 403, 201, 201, 403, 403, 403, 403) { Body = """{"name":"x","login":"{unique}@rights.example","role":"sales"}""" },
        new("POST /api/users/{id}/invite-again",           401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("POST /api/users/{id}/reset-factors",          401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("POST /api/users/{id}/revoke-sessions",        401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("GET /api/api-keys",                           401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("POST /api/api-keys",                          401, 403, 403, 403, 201, 201, 403, 403, 403, 403) { Body = """{"name":"x","role":"sales"}""" },
        new("GET /api/api-keys/scopes",                    401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("POST /api/api-keys/{id}/rescope",             401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"scopes":["leads:read"]}""" },
        new("POST /api/api-keys/{id}/rotate",              401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("POST /api/api-keys/{id}/revoke",              401, 403, 403, 403, 200, 404, 403, 403, 403, 403),

        new("GET /api/leads",                              401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/leads/groups",                       401, 200, 200, 200, 200, 200, 200, 200, 200, 200) { Query = "?by=status" },
        new("GET /api/leads/{id}",                         401, 200, 404, 200, 200, 404, 200, 200, 200, 200),
        new("GET /api/leads/{id}/timeline",                401, 200, 404, 200, 200, 404, 200, 200, 200, 200),
        new("POST /api/leads",                             401, 201, 201, 201, 201, 201, 201, 201, 403, 403) { Body = """{"name":"x"}""" },
        new("POST /api/leads/assign",                      401, 200, 200, 200, 200, 200, 200, 200, 403, 403) { Body = """{"ids":["{id}"],"ownerId":null}""", Headers = Key },
        new("POST /api/leads/{id}/amend",                  401, 200, 404, 200, 200, 404, 200, 200, 403, 403) { Body = """{"note":"x"}""" },
        new("POST /api/leads/{id}/assign",                 401, 200, 404, 200, 200, 404, 200, 200, 403, 403) { Body = """{"ownerId":null}""" },
        new("POST /api/leads/{id}/log-activity",           401, 200, 404, 200, 200, 404, 200, 200, 403, 403) { Body = Activity },
        new("POST /api/leads/{id}/plan-step",              401, 200, 404, 200, 200, 404, 200, 200, 403, 403) { Body = PlannedStep },
        new("POST /api/leads/{id}/complete-step",          401, 200, 404, 200, 200, 404, 200, 200, 403, 403) { Before = $"plan-step {PlannedStep}" },
        new("POST /api/leads/{id}/qualify",                401, 200, 404, 200, 200, 404, 200, 200, 403, 403),
        new("POST /api/leads/{id}/rule-out",               401, 200, 404, 200, 200, 404, 200, 200, 403, 403) { Body = """{"reason":"wrong"}""" },
        new("POST /api/leads/{id}/reopen",                 401, 200, 404, 200, 200, 404, 200, 200, 403, 403) { Before = """rule-out {"reason":"wrong"}""" },
        new("POST /api/leads/{id}/convert",                401, 200, 404, 200, 200, 404, 200, 200, 403, 403),

        new("GET /api/customers",                          401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/customers/groups",                   401, 200, 200, 200, 200, 200, 200, 200, 200, 200) { Query = "?by=type" },
        new("GET /api/customers/{id}",                     401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("GET /api/customers/{id}/timeline",            401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("POST /api/customers",                         401, 201, 201, 201, 201, 201, 201, 201, 403, 403) { Body = """{"type":"corporate","name":"x"}""" },
        new("POST /api/customers/{id}/amend",              401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"note":"x"}""" },
        new("POST /api/customers/{id}/assign",             401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"ownerId":null}""" },
        new("POST /api/customers/{id}/log-activity",       401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = Activity },

        new("GET /api/contacts",                           401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/contacts/groups",                    401, 200, 200, 200, 200, 200, 200, 200, 200, 200) { Query = "?by=customerId" },
        new("GET /api/contacts/{id}",                      401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("GET /api/contacts/{id}/timeline",             401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("POST /api/contacts",                          401, 201, 422, 422, 201, 422, 201, 201, 403, 403) { Body = """{"customerId":"{customer}","name":"x"}""" },
        new("POST /api/contacts/{id}/amend",               401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"note":"x"}""" },
        new("POST /api/contacts/{id}/move",                401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"customerId":"{customer}"}""" },
        new("POST /api/contacts/{id}/log-activity",        401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = Activity },

        new("GET /api/opportunities",                      401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/opportunities/groups",               401, 200, 200, 200, 200, 200, 200, 200, 200, 200) { Query = "?by=stage&sum=amount" },
        new("GET /api/opportunities/{id}",                 401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("GET /api/opportunities/{id}/timeline",        401, 200, 404, 404, 200, 404, 200, 200, 200, 200),
        new("POST /api/opportunities",                     401, 201, 422, 422, 201, 422, 201, 201, 403, 403) { Body = $$"""{"name":"x","customerId":"{customer}","pipeline":"simple","amount":{{Amount}}}""" },
        new("POST /api/opportunities/{id}/amend",          401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"note":"x"}""" },
        new("POST /api/opportunities/{id}/move",           401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"stage":"quote"}""" },
        new("POST /api/opportunities/{id}/win",            401, 200, 404, 404, 200, 404, 200, 200, 403, 403),
        new("POST /api/opportunities/{id}/lose",           401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"reason":"price"}""" },
        new("POST /api/opportunities/{id}/reopen",         401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Before = "win {}" },
        new("POST /api/opportunities/{id}/assign",         401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = """{"ownerId":null}""" },
        new("POST /api/opportunities/{id}/log-activity",   401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = Activity },
        new("POST /api/opportunities/{id}/plan-step",      401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Body = PlannedStep },
        new("POST /api/opportunities/{id}/complete-step",  401, 200, 404, 404, 200, 404, 200, 200, 403, 403) { Before = $"plan-step {PlannedStep}" },

        new("GET /api/pipelines",                          401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/pipelines/{key}",                    401, 200, 200, 200, 200, 404, 200, 200, 200, 200),
        new("POST /api/pipelines",                         401, 403, 403, 403, 201, 201, 403, 403, 403, 403) { Body = """{"key":"{unique}","name":"x"}""" },
        new("POST /api/pipelines/{key}/rename",            401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"name":"y"}""" },
        new("POST /api/pipelines/{key}/add-stage",         401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"name":"extra","winRate":5}""" },
        new("POST /api/pipelines/{key}/rename-stage",      401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"stage":"quote","name":"y"}""" },
        new("POST /api/pipelines/{key}/rate-stage",        401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"stage":"quote","winRate":71}""" },
        new("POST /api/pipelines/{key}/reorder-stages",    401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"stages":["needs","contact","proposal","quote","signed"]}""", Headers = [("If-Match", "\"1\"")] },
        new("POST /api/pipelines/{key}/retire-stage",      401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"stage":"quote"}""" },
        new("POST /api/pipelines/{key}/restore-stage",     401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Body = """{"stage":"quote"}""", Before = """retire-stage {"stage":"quote"}""" },
        new("POST /api/pipelines/{key}/retire",            401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("POST /api/pipelines/{key}/restore",           401, 403, 403, 403, 200, 404, 403, 403, 403, 403) { Before = "retire {}" },

        new("GET /api/targets",                            401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("PUT /api/targets",                            401, 403, 403, 403, 200, 200, 403, 403, 403, 403) { Body = $$"""{"pipeline":"simple","month":"2026-11","amount":{{Amount}}}""" },
        new("GET /api/funnels/{pipeline}",                 401, 200, 200, 200, 200, 404, 200, 200, 200, 200),
        new("GET /api/boards/{pipeline}",                  401, 200, 200, 200, 200, 404, 200, 200, 200, 200),
        new("GET /api/my-day",                             401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/search",                             401, 200, 200, 200, 200, 200, 200, 200, 200, 200) { Query = "?q=x" },

        new("GET /api/imports",                            401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("GET /api/imports/groups",                     401, 403, 403, 403, 200, 200, 403, 403, 403, 200) { Query = "?by=status" },
        new("GET /api/imports/{id}",                       401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("GET /api/imports/{id}/timeline",              401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("GET /api/imports/{id}/errors",                401, 403, 403, 403, 200, 404, 403, 403, 403, 200),
        new("POST /api/imports",                           401, 403, 403, 403, 202, 202, 403, 403, 403, 403) { Body = "{file}" },
        new("POST /api/imports/preview",                   401, 403, 403, 403, 200, 200, 403, 403, 403, 403) { Body = "{file}" },
        new("POST /api/imports/{id}/undo",                 401, 403, 403, 403, 202, 404, 403, 403, 403, 403),

        new("GET /api/exports",                            401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/exports/groups",                     401, 200, 200, 200, 200, 200, 200, 200, 200, 200) { Query = "?by=status" },
        new("GET /api/exports/{id}",                       401, 404, 404, 404, 200, 404, 404, 404, 404, 200),
        new("GET /api/exports/{id}/timeline",              401, 404, 404, 404, 200, 404, 404, 404, 404, 200),
        new("GET /api/exports/{id}/file",                  401, 404, 404, 404, 404, 404, 404, 404, 404, 404), // its requester's alone
        new("POST /api/exports/{id}/approve",              401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("POST /api/exports/{id}/refuse",               401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("GET /api/alerts",                             401, 200, 200, 200, 200, 200, 200, 200, 200, 200),
        new("GET /api/alerts/groups",                      401, 200, 200, 200, 200, 200, 200, 200, 200, 200) { Query = "?by=type" },
        new("GET /api/alerts/{id}",                        401, 404, 404, 404, 200, 404, 404, 404, 404, 200),
        new("GET /api/alerts/{id}/timeline",               401, 404, 404, 404, 200, 404, 404, 404, 404, 200),
        new("POST /api/alerts/{id}/release",               401, 403, 403, 403, 200, 404, 403, 403, 403, 403),
        new("GET /api/policies",                           401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("PUT /api/policies",                           401, 403, 403, 403, 200, 200, 403, 403, 403, 403) { Body = Limits },
        new("GET /api/audit",                              401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("GET /api/audit/report",                       401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
        new("GET /api/audit/anchors",                      401, 403, 403, 403, 200, 200, 403, 403, 403, 200),
    ];
}
