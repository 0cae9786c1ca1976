using Crm.Grains.FieldBooks;
using Crm.Grains.Imports;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Runtime;
using Crm.Runtime.Files;
using Crm.Silo.Commands;
using Crm.Silo.Files;
using Crm.Silo.Imports.Files;
using Crm.Silo.Rights;

namespace Crm.Silo.Imports;

/// <summary>What a file holds, before anything is done with it.</summary>
/// <param name="Rows">The first ten.</param>
/// <param name="Mapping">From each column to a field of a lead, <c>custom.x</c>, or null when it would be left out.</param>
/// <param name="Fields">What columns can be mapped to.</param>
public sealed record ImportPreview(
    IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, IReadOnlyDictionary<string, string?> Mapping, IReadOnlyList<string> Fields, int RowCount);

/// <summary>What is wanted of an import besides its file.</summary>
/// <param name="FileName">As its sender calls it.</param>
/// <param name="Mapping">Columns that it leaves out are mapped by their names; null maps all so.</param>
/// <param name="Source">Of rows that name none.</param>
/// <param name="OwnerId">Of the leads it makes; null is nobody.</param>
public sealed record ImportWish(string FileName, IReadOnlyDictionary<string, string?>? Mapping = null, string? Source = null, Guid? OwnerId = null);

/// <summary>Where imports are asked for. A file is read to its end before anything is stored, so that what is accepted can be read.</summary>
public sealed class ImportDesk(CommandDesk commands, AccessDirectory access, ImportFiles files)
{
    private const int SampleRows = 10;

    private static readonly Refusal Empty = Refusal.Invalid("file-empty", "The file is empty.", "file");
    private static readonly Refusal DiskFull = Refusal.Conflict("storage-full", "The disk is full; nothing was changed.");

    /// <summary>Begins to receive a file.</summary>
    public ReceivedFile Receive(Guid import) => files.Receive(import);

    /// <summary>Looks into a received file.</summary>
    public async Task<(ImportPreview? Preview, Refusal? Refusal)> PreviewAsync(Asker asker, ReceivedFile file, string fileName, CancellationToken cancel)
    {
        // whoever makes leads by a file must be one who may make them
        if (await JudgeAsync(asker, cancel) is { } forbidden)
        {
            return (null, forbidden);
        }

        var (sheet, refusal) = await ReadAsync(file, fileName, cancel);
        if (sheet is null)
        {
            return (null, refusal);
        }

        var targets = await TargetsAsync(asker, cancel);
        return (new(sheet.Columns, sheet.Sample, ImportMapping.Complete(sheet.Columns, null, targets), [.. targets.Known, .. targets.Custom.Select(ImportMapping.TargetOf)], sheet.RowCount), null);
    }

    /// <summary>Requests the import of a received file, which then stays until the import is done.</summary>
    /// <returns>The import, or why there is none: problems of the file as <see cref="TableProblem"/> names them, or refusals of the import.</returns>
    public async Task<Answer> RequestAsync(Asker asker, ReceivedFile file, ImportWish wish, Sending sending, CancellationToken cancel)
    {
        if (await JudgeAsync(asker, cancel) is { } forbidden)
        {
            return Answer.Refused(file.Import, forbidden);
        }

        var (sheet, refusal) = await ReadAsync(file, wish.FileName, cancel);
        if (sheet is null)
        {
            return Answer.Refused(file.Import, refusal!); // no sheet, so a refusal
        }

        var targets = await TargetsAsync(asker, cancel);
        var mapping = ImportMapping.Complete(sheet.Columns, wish.Mapping, targets);
        if (((wish.Source is null || targets.Known.Contains("source") ? null : AccessPolicy.FieldForbidden("source")) ?? ImportMapping.Check(sheet.Columns, mapping, isChosen: wish.Mapping is not null, targets)) is { } wrong)
        {
            return Answer.Refused(file.Import, wrong);
        }

        try
        {
            await file.KeepAsync(asker.Tenant, cancel);
        }
        catch (FileStoreException failure)
        {
            return Answer.Refused(file.Import, failure.InnerException is IOException ? DiskFull : FileDesk.Unavailable);
        }

        var hash = Convert.ToHexStringLower(file.Hash());
        var request = new ImportCommand.Request(wish.FileName, hash, sheet.RowCount, wish.Source, wish.OwnerId, mapping, sheet.Columns);
        // not cancelled: from here on the file belongs to an import that may be there
        var answer = await commands.TellAsync(asker, "import", file.Import, request, sending with { ExpectedVersion = null }, CancellationToken.None);
        if (answer.Kind != OutcomeKind.DurabilityUnknown && (!answer.Succeeded || answer.Id != file.Import))
        {
            await DropAsync(asker.Tenant, file);
        }

        return answer;
    }

    private static async Task DropAsync(string tenant, ReceivedFile file)
    {
        try
        {
            await file.DropAsync(tenant);
        }
        catch (FileStoreException)
        {
            // the keeper finds it
        }
    }

    private async ValueTask<Refusal?> JudgeAsync(Asker asker, CancellationToken cancel) =>
        (await access.FindAsync(asker, cancel)).MayEver(LeadSlice.Definition, "create") ? null : AccessPolicy.Forbidden;

    /// <summary>The fields of leads that the asker may fill.</summary>
    private async ValueTask<ImportTargets> TargetsAsync(Asker asker, CancellationToken cancel)
    {
        var rights = await access.FindAsync(asker, cancel);
        var mask = rights.Of(LeadSlice.Definition).Mask;
        return new(
            [.. ImportRules.Fields.Where(MayEdit)],
            [.. rights.FieldsOf(LeadSlice.Definition).Fields.Where(field => !field.Retired && field.Type != CustomField.Formula && MayEdit(ImportMapping.TargetOf(field)))]);

        bool MayEdit(string field) => mask?.Of(field) is null or FieldAccess.Edit;
    }

    private static async Task<(Sheet? Sheet, Refusal? Refusal)> ReadAsync(ReceivedFile file, string fileName, CancellationToken cancel)
    {
        if (file.Length == 0)
        {
            return (null, Empty);
        }

        var opened = await TableFile.OpenAsync(file.Content, fileName, TableFileLimits.Default, cancel);
        if (!opened.IsReadable)
        {
            return (null, RefusalOf(opened.Problem));
        }

        using var reader = opened.Reader;
        var sample = new List<string[]>(SampleRows);
        while (sample.Count < SampleRows && reader.Read(out var row))
        {
            sample.Add(row.Cells);
        }

        reader.SkipTo(int.MaxValue, cancel);
        return reader.Problem is { } problem ? (null, RefusalOf(problem)) : (new(reader.Columns, sample, reader.RowCount), null);
    }

    private static Refusal RefusalOf(TableProblem problem)
    {
        var place = (problem.Row, problem.Column) switch
        {
            ({ } row, { } column) => $" (row {row}, column {column})",
            ({ } row, null) => $" (row {row})",
            (null, { } column) => $" (column {column})",
            _ => "",
        };
        return Refusal.Invalid(problem.Code, problem.Message + place, "file");
    }

    private sealed record Sheet(IReadOnlyList<string> Columns, IReadOnlyList<string[]> Sample, int RowCount);
}
