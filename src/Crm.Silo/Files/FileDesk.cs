using Crm.Grains.ApiKeys;
using Crm.Grains.Attachments;
using Crm.Grains.Kernel;
using Crm.Runtime.Cards;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Silo.Commands;
using Crm.Silo.Hosting;
using Crm.Silo.Reading;
using Crm.Silo.Rights;

namespace Crm.Silo.Files;

/// <summary>
/// Where files are attached to records, listed, removed and fetched. Their bytes are kept and looked at before the file is: a crash between
/// the two leaves bytes that <see cref="FileKeeper"/> removes, and never a file without bytes.
/// </summary>
public sealed class FileDesk(CommandDesk commands, CardDesk cards, AccessDesk access, IGrainStore store, SliceDirectory slices, IFileStore files, FileLinks links, FileRoom room, FileLimits limits, TimeProvider time)
{
    /// <summary>Most files that one record has, removed ones not counted.</summary>
    public const int MostFiles = 200;

    /// <summary>The verb that attaching and removing needs on the record.</summary>
    public const string Verb = "amend";

    public static readonly Refusal Unavailable = Refusal.Conflict("files-unavailable", "The place where files are kept cannot be reached; try again in a moment.");
    public static readonly Refusal LinkOver = Refusal.NotFound("This link has run out, or is none.");
    private static readonly Refusal TooMany = Refusal.Conflict("files-too-many", $"A record has at most {MostFiles} files.");

    private readonly ISliceBehaviour _slice = slices.OfKind("file");

    /// <summary>Largest file, in bytes.</summary>
    public long LargestFile => limits.LargestFile;

    /// <summary>The files of a record, newest first; null when there is no such record for the asker.</summary>
    public async ValueTask<IReadOnlyList<AttachmentCard>?> ListAsync(Asker asker, ISliceBehaviour of, Guid record, CancellationToken cancel) =>
        await cards.FindAsync<object>(asker, of, record, cancel) is null ? null
        : [.. (await AllOfAsync(asker.Tenant, of.Kind, record, cancel)).Where(file => file.Status == "attached").OrderByDescending(file => file.At)];

    /// <summary>Keeps what is sent as a file of a record.</summary>
    /// <param name="declared">The media type that the sender says, or null.</param>
    public async Task<Answer> AttachAsync(Asker asker, ISliceBehaviour of, Guid record, string name, string? declared, Stream content, Sending sending, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var refusal = await access.JudgeAsync(asker, of, record, Verb, cancel)
            ?? Check.Required("name", name, AttachmentRules.LongestName)
            ?? ((await AllOfAsync(asker.Tenant, of.Kind, record, cancel)).Count(file => file.Status == "attached") >= MostFiles ? TooMany : null);
        if (refusal is not null)
        {
            return Answer.Refused(id, refusal);
        }

        var isLimited = await IsLimitedAsync(asker.Tenant, sending, cancel);
        var use = isLimited ? await room.ReadAsync(asker.Tenant, cancel) : default;
        if (use.Attaching(1) is { } full)
        {
            return Answer.Refused(id, full);
        }

        var path = FilePlaces.Of(asker.Tenant, FilePlaces.Attachments, id);
        var isAttached = false;
        try
        {
            await using var looked = new InspectedStream(content, Math.Min(limits.LargestFile, use.Room));
            var kept = await files.WriteAsync(path, looked, WriteCondition.IfAbsent, cancel);
            var (type, wrong) = looked.BytesRead == 0 ? ("", AttachmentRefusals.Empty) : FileTypes.Judge(name, declared, looked.Head, looked.BytesRead <= InspectedStream.HeadLength);
            // as the store knows it, and not as we sent it
            wrong ??= kept is null || (await files.FindAsync(path, cancel))?.Length != looked.BytesRead ? Unavailable : null;
            if (wrong is not null)
            {
                return Answer.Refused(id, wrong);
            }

            var attach = new AttachmentCommand.Attach(of.Kind, record, name, type, looked.BytesRead, looked.Sha256);
            var telling = sending with { Trusted = true, ExpectedVersion = null, IsFresh = true, Fingerprint = FingerprintOf(attach) };
            var answer = await TellWithinAsync(isLimited, asker, id, attach, now => now.Attaching(attach.Bytes), telling, CancellationToken.None);
            // under an id that was used before it is the first one that was attached; and what may be stored after all is not to lose its bytes
            isAttached = (answer.Refusal is null && answer.Id == id) || answer.Refusal?.Code == "durability-unknown";
            return answer;
        }
        catch (TooLongException)
        {
            return Answer.Refused(id, use.Room < limits.LargestFile ? use.Full() : TooLarge());
        }
        catch (FileStoreException)
        {
            return Answer.Refused(id, Unavailable);
        }
        finally
        {
            if (!isAttached)
            {
                await DropAsync(path);
            }
        }
    }

    /// <summary>Removes a file of a record, or brings it back.</summary>
    public async ValueTask<Answer> TellAsync(Asker asker, ISliceBehaviour of, Guid record, Guid file, AttachmentCommand command, Sending sending, CancellationToken cancel)
    {
        var card = await FindAsync(asker.Tenant, of.Kind, record, file, cancel);
        var refusal = await access.JudgeAsync(asker, of, record, Verb, cancel) ?? (card is null ? AccessPolicy.NotFound : null);
        if (refusal is not null)
        {
            return Answer.Refused(file, refusal);
        }

        // one that is not removed is not brought back, so it takes nothing
        var bytes = card is { Status: "removed" } ? card.Bytes : 0;
        var isLimited = bytes > 0 && command is AttachmentCommand.Restore && await IsLimitedAsync(asker.Tenant, sending, cancel);
        try
        {
            return await TellWithinAsync(isLimited, asker, file, command, use => use.Restoring(bytes), sending with { Trusted = true }, cancel);
        }
        catch (FileStoreException)
        {
            return Answer.Refused(file, Unavailable);
        }
    }

    /// <summary>Whether there is a limit to be judged: what was done before under the command's id is only answered again.</summary>
    private async ValueTask<bool> IsLimitedAsync(string tenant, Sending sending, CancellationToken cancel) =>
        room.LimitOf(tenant) is not null && (sending.CommandId is not { } known || await store.FindHandledAsync(tenant, known, cancel) is null);

    /// <summary>Gives a file a command, in a turn of its own where there is a limit.</summary>
    private async Task<Answer> TellWithinAsync(bool isLimited, Asker asker, Guid file, AttachmentCommand command, Func<FileUse, Refusal?> judge, Sending sending, CancellationToken cancel)
    {
        if (!isLimited)
        {
            return await commands.TellAsync(asker, "file", file, command, sending, cancel);
        }

        await using var turn = await room.TakeTurnAsync(asker.Tenant, cancel);
        var refusal = turn is null ? Unavailable : judge(await room.ReadAsync(asker.Tenant, cancel));
        return refusal is not null ? Answer.Refused(file, refusal) : await commands.TellAsync(asker, "file", file, command, sending, cancel);
    }

    /// <summary>Makes a link to a file of a record; null when there is no such file for the asker.</summary>
    public async ValueTask<(string Token, DateTimeOffset Until, AttachmentCard File)?> LinkAsync(Asker asker, ISliceBehaviour of, Guid record, Guid file, CancellationToken cancel)
    {
        if (await cards.FindAsync<object>(asker, of, record, cancel) is null || await FindAsync(asker.Tenant, of.Kind, record, file, cancel) is not { Status: "attached" } card)
        {
            return null;
        }

        var (token, until) = links.Sign(asker, of.Kind, record, file);
        return (token, until, card);
    }

    /// <summary>The file that a link opens, as long as who made it still sees it; null when there is none.</summary>
    public async ValueTask<(Asker By, AttachmentCard File)?> FollowAsync(string token, CancellationToken cancel)
    {
        if (links.Read(token) is not { } ticket || !store.Tenants.Contains(ticket.Tenant) || slices.All.FirstOrDefault(slice => slice.Kind == ticket.Kind) is not { } of)
        {
            return null;
        }

        if (await cards.FindAsync<ApiKeyCard>(Asker.System(ticket.Tenant), slices.OfKind("apikey"), ticket.By, cancel) is { Active: false })
        {
            // people who were shut out see nothing any more; a key has no place in the organisation
            return null;
        }

        var asker = new Asker(ticket.Tenant, ticket.By, ticket.Name, ticket.Role);
        return await cards.FindAsync<object>(asker, of, ticket.Record, cancel) is not null && await FindAsync(ticket.Tenant, of.Kind, ticket.Record, ticket.File, cancel) is { Status: "attached" } card
            ? (asker, card) : null;
    }

    /// <summary>A file's bytes, or some of them; null when they are not there, which is a fault.</summary>
    /// <exception cref="FileStoreException">The store cannot be reached.</exception>
    public Task<FileContent?> OpenAsync(string tenant, AttachmentCard file, long offset, long? length, CancellationToken cancel) =>
        files.OpenAsync(FilePlaces.Of(tenant, FilePlaces.Attachments, file.Id), offset, length, cancel);

    /// <summary>What happened to the files of a record, newest first, from a position on. Who asks sees the record.</summary>
    public async ValueTask<IReadOnlyList<JournalEntry>> HistoryAsync(string tenant, string kind, Guid record, long from, int limit, CancellationToken cancel)
    {
        var entries = new List<JournalEntry>();
        foreach (var file in await AllOfAsync(tenant, kind, record, cancel))
        {
            // few each: attached, removed, brought back
            entries.AddRange((await store.ReadHistoryAsync(new(tenant, "file", file.Id), null, 1_000, cancel)).Where(entry => entry.Position <= from));
        }

        return [.. entries.OrderByDescending(entry => entry.Position).Take(limit)];
    }

    /// <summary>All files of a record, whatever became of them.</summary>
    internal async ValueTask<IReadOnlyList<AttachmentCard>> AllOfAsync(string tenant, string kind, Guid record, CancellationToken cancel)
    {
        var all = new List<AttachmentCard>();
        await foreach (var page in store.PagesAsync(new(tenant, "file", _slice.Is("recordId", CardValue.Of(record)), Limit: 500), cancel))
        {
            all.AddRange(page.Select(hit => (AttachmentCard)_slice.ReadCard(hit.Json)).Where(file => file.Kind == kind));
        }

        return all;
    }

    /// <summary>A file of a record, if it is one of that record.</summary>
    private async ValueTask<AttachmentCard?> FindAsync(string tenant, string kind, Guid record, Guid file, CancellationToken cancel) =>
        (await store.LoadAsync(new(tenant, "file", file), cancel))?.Card is { } json && (AttachmentCard)_slice.ReadCard(json) is var card && card.Kind == kind && card.RecordId == record ? card : null;

    /// <summary>What is answered to a file that is too large.</summary>
    public Refusal TooLarge() => Refusal.Invalid("file-too-large", $"A file has at most {limits.LargestFile / (1_024 * 1_024)} MB.", "file");

    private static byte[] FingerprintOf(AttachmentCommand.Attach attach) =>
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{attach.Kind}/{attach.RecordId}/{attach.Sha256}/{attach.Name}"));

    private async Task DropAsync(string path)
    {
        try
        {
            await files.DeleteAsync(path, null, CancellationToken.None);
        }
        catch (FileStoreException)
        {
            // the keeper finds it
        }
    }
}

/// <summary>What files there may be.</summary>
public sealed record FileLimits
{
    /// <summary>Largest file, in bytes. Default 25 MB.</summary>
    public long LargestFile { get; init; } = 25L * 1_024 * 1_024;

    /// <summary>How much the files of a tenant may take that has no limit of its own, in MB; 0 (default) for no limit.</summary>
    public int TenantMegabytes { get; init; }
}
