using Crm.Grains.AccessLogs;
using Crm.Grains.Alerts;
using Crm.Grains.ApiKeys;
using Crm.Grains.Attachments;
using Crm.Grains.CompanySignIns;
using Crm.Grains.Contacts;
using Crm.Grains.Customers;
using Crm.Grains.Departments;
using Crm.Grains.Exports;
using Crm.Grains.Factors;
using Crm.Grains.FieldBooks;
using Crm.Grains.Handovers;
using Crm.Grains.Imports;
using Crm.Grains.Leads;
using Crm.Grains.Mails;
using Crm.Grains.Opportunities;
using Crm.Grains.Pipelines;
using Crm.Grains.Policies;
using Crm.Grains.RoleBooks;
using Crm.Grains.Sessions;
using Crm.Grains.Shares;
using Crm.Grains.Targets;
using Crm.Grains.Tenants;
using Crm.Grains.Users;

namespace Crm.Grains;

/// <summary>Every business area there is, one line each. A new slice is a folder beside this file and a line here.</summary>
public static class Slices
{
    public static IReadOnlyList<Slice> All { get; } =
    [
        LeadSlice.Definition,
        OpportunitySlice.Definition,
        CustomerSlice.Definition,
        ContactSlice.Definition,
        FieldBookSlice.Definition,
        PipelineSlice.Definition,
        TargetSlice.Definition,
        ImportSlice.Definition,
        UserSlice.Definition,
        DepartmentSlice.Definition,
        RoleBookSlice.Definition,
        ShareSlice.Definition,
        ApiKeySlice.Definition,
        SessionSlice.Definition,
        FactorSlice.Definition,
        CompanySignInSlice.Definition,
        MailSlice.Definition,
        TenantSlice.Definition,
        HandoverSlice.Definition,
        PolicySlice.Definition,
        ExportSlice.Definition,
        AlertSlice.Definition,
        AccessLogSlice.Definition,
        AttachmentSlice.Definition,
    ];
}
