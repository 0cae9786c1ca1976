using Crm.Grains.Kernel;

namespace Crm.Silo.Rights;

/// <summary>The answers of the rights engine. What may not be seen is not there; what is seen but may not be done is forbidden.</summary>
public static class AccessPolicy
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such record.");
    public static readonly Refusal Forbidden = Refusal.Forbidden("Your role does not allow this.");

    public static readonly Refusal Stopped = new(RefusalKind.Forbidden, "access-stopped", "Your access is stopped until an administrator has looked at an alert.");

    public static Refusal FieldForbidden(string field) => new(RefusalKind.Forbidden, "field-forbidden", "Your role does not allow this field.", field);
}
