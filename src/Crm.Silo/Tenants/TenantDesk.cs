using Crm.Grains.Attachments;
using Crm.Grains.Kernel;
using Crm.Grains.Tenants;
using Crm.Runtime;
using Crm.Runtime.Files;
using Crm.Runtime.Journal;
using Crm.Silo.Commands;
using Crm.Silo.Files;
using Crm.Silo.Hosting;
using Crm.Silo.Rights;

namespace Crm.Silo.Tenants;

/// <summary>A tenant as the operator sees it.</summary>
/// <param name="Events">The position of its newest event.</param>
/// <param name="Files">What its files take.</param>
public sealed record TenantOverview(TenantInfo Info, TenantCard? Card, long Events, FileUse Files);

/// <summary>Where tenants are opened, changed, suspended, resumed and deleted.</summary>
public sealed class TenantDesk(CommandDesk commands, IGrainStore store, SliceDirectory slices, TenantDirectory tenants, AccessDirectory access, IFileStore files, FileRoom room, Scratch scratch)
{
    public static readonly Refusal Taken = Refusal.Conflict("tenant-exists", "There is a tenant with this key already.", "key");
    public static readonly Refusal Deleted = Refusal.Conflict("tenant-deleted", "A tenant with this key was deleted; its key is not given again.", "key");
    public static readonly Refusal NotSuspended = Refusal.Conflict("tenant-not-suspended", "Only a suspended tenant can be deleted.");
    public static readonly Refusal NameDiffers = Refusal.Invalid("tenant-name-differs", "Type the name of the tenant to be deleted, exactly as it is.", "name");

    private readonly ISliceBehaviour _slice = slices.OfKind("tenant");

    /// <summary>A tenant, or null when there is none.</summary>
    public async ValueTask<TenantOverview?> FindAsync(string tenant, CancellationToken cancel)
    {
        if (!store.Tenants.Contains(tenant))
        {
            return null;
        }

        var card = (await store.LoadAsync(TenantDirectory.GrainOf(tenant), cancel))?.Card;
        return new(tenants.Find(tenant), card is null ? null : (TenantCard)_slice.ReadCard(card), store.HeadOf(tenant), await room.ReadAsync(tenant, cancel));
    }

    /// <summary>All tenants, by key.</summary>
    public async ValueTask<IReadOnlyList<TenantOverview>> ListAsync(CancellationToken cancel)
    {
        var all = new List<TenantOverview>();
        foreach (var tenant in store.Tenants.Order(StringComparer.Ordinal))
        {
            if (await FindAsync(tenant, cancel) is { } found)
            {
                all.Add(found);
            }
        }

        return all;
    }

    /// <summary>Opens a new tenant.</summary>
    public async ValueTask<Answer> OpenAsync(string tenant, TenantCommand.Open command, CancellationToken cancel)
    {
        var grain = TenantDirectory.GrainOf(tenant);
        return Check.Slug("key", tenant) is { } wrong ? Answer.Refused(grain.Key, wrong)
            : store.Tenants.Contains(tenant) ? Answer.Refused(grain.Key, Taken)
            : await store.ReadSecretAsync(DeletedName(tenant), cancel) is not null ? Answer.Refused(grain.Key, Deleted)
            : await TellAsync(tenant, command, cancel);
    }

    /// <summary>Gives the tenant's own record to one that was there before tenants had one.</summary>
    public async ValueTask EnsureOpenAsync(string tenant, CancellationToken cancel)
    {
        if (await store.LoadAsync(TenantDirectory.GrainOf(tenant), cancel) is null)
        {
            var info = tenants.Find(tenant);
            await TellAsync(tenant, new TenantCommand.Open(info.Name, info.Currency, info.TimeZone.Id, info.Locale), cancel);
        }
    }

    public async ValueTask<Answer> SuspendAsync(string tenant, string? reason, CancellationToken cancel)
    {
        await EnsureOpenAsync(tenant, cancel);
        return await TellAsync(tenant, new TenantCommand.Suspend(reason), cancel);
    }

    public async ValueTask<Answer> LimitFilesAsync(string tenant, int? megabytes, CancellationToken cancel)
    {
        await EnsureOpenAsync(tenant, cancel);
        return await TellAsync(tenant, new TenantCommand.LimitFiles(megabytes), cancel);
    }

    public ValueTask<Answer> ResumeAsync(string tenant, CancellationToken cancel) => TellAsync(tenant, new TenantCommand.Resume(), cancel);

    /// <summary>Removes a suspended tenant for good.</summary>
    /// <param name="name">The tenant's name, typed again.</param>
    /// <param name="forget">Removes what is kept of it outside the store's tenants: how its people and keys sign in. Called before its records go.</param>
    /// <returns>Why it was not done, or null.</returns>
    public async ValueTask<Refusal?> DeleteAsync(string tenant, string name, Func<CancellationToken, Task> forget, CancellationToken cancel)
    {
        if (await FindAsync(tenant, cancel) is not { } found)
        {
            return TenantRefusals.NotFound;
        }

        if (!found.Info.IsSuspended)
        {
            return NotSuspended;
        }

        if (name != found.Info.Name)
        {
            return NameDiffers;
        }

        // who is on the way in waits for nothing of this, and who has come in sees the end of it: it is not to be left half done
        await forget(CancellationToken.None);
        await DeleteFilesAsync(tenant, CancellationToken.None);
        // not given again: grains of it may still be in the memory of some process, and would answer for the new one
        await store.WriteSecretAsync(DeletedName(tenant), [1], CancellationToken.None);
        await store.DeleteTenantAsync(tenant, CancellationToken.None);
        tenants.Forget(tenant);
        access.Forget(tenant);
        return null;
    }

    /// <summary>
    /// Takes in a tenant's journal from elsewhere, whole or not at all, and makes everything else of it. While nobody else uses the store, and
    /// when there is no such tenant here.
    /// </summary>
    /// <returns>How many entries.</returns>
    public async Task<long> ReceiveAsync(string tenant, IAsyncEnumerable<JournalEntry> entries, CancellationToken cancel)
    {
        // read to its end before the store is told of any of it: what comes from afar may fail at each entry
        await using var lines = scratch.Make();
        var count = 0L;
        await foreach (var entry in entries.WithCancellation(cancel))
        {
            JournalLines.Write(lines, entry);
            count++;
        }

        lines.Position = 0;
        await store.ReceiveAsync(tenant, ReadLines(tenant, lines), [], cancel);
        // what the tenant's own settings say, its time zone above all, is known only now that its rows are there
        await tenants.LoadAsync(store, _slice, tenant, cancel);
        await store.RebuildAsync(tenant, cancel);
        return count;
    }

    /// <summary>Lets a deleted tenant's archive be taken in again. While nobody else uses the store.</summary>
    public Task ForgiveAsync(string tenant, CancellationToken cancel) => store.WriteSecretAsync(DeletedName(tenant), null, cancel);

    private static string DeletedName(string tenant) => $"tenant-deleted:{tenant}";

    private static IEnumerable<JournalEntry> ReadLines(string tenant, Stream lines)
    {
        using var reader = new StreamReader(lines, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            yield return JournalLines.Read(tenant, line) ?? throw new InvalidOperationException("A line that we wrote cannot be read.");
        }
    }

    private async Task DeleteFilesAsync(string tenant, CancellationToken cancel)
    {
        // from the beginning each time: what was listed is gone
        while ((await files.ListAsync(FilePlaces.PrefixOf(tenant), null, 1_000, cancel)).Files is { Count: > 0 } some)
        {
            foreach (var file in some)
            {
                await files.DeleteAsync(file.Path, null, cancel);
            }
        }
    }

    private ValueTask<Answer> TellAsync(string tenant, TenantCommand command, CancellationToken cancel) =>
        commands.TellAsync(Asker.System(tenant), "tenant", TenantDirectory.GrainOf(tenant).Key, command, new(SenderKind.System, Trusted: true), cancel);
}
