using Crm.Grains.Attachments;
using Crm.Grains.Leads;
using Crm.Grains.Tenants;
using Crm.Runtime;
using Crm.Silo.Commands;
using Crm.Silo.Files;
using Crm.Silo.Rights;
using Crm.Silo.Tests.Hosting;

namespace Crm.Silo.Tests.Files;

/// <summary>How much the files of a tenant may take: FI6 and FI7 when many are sent at once.</summary>
public sealed class FileRoomTests
{
    private const int Half = 512 * 1_024;
    private static readonly Asker System = Asker.System(TestSilo.Tenant);
    private static readonly Sending Sending = new(SenderKind.System, Trusted: true);

    [Fact]
    public async Task FI6_files_sent_at_once_do_not_pass_the_limit_together()
    {
        await using var bed = await OpenAsync(megabytes: 5);
        var lead = await NewLeadAsync(bed);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => AttachAsync(bed, lead, Half))));

        answers.Count(answer => answer.Refusal is null).Should().Be(10);
        answers.Where(answer => answer.Refusal is not null).Should().OnlyContain(answer => answer.Refusal!.Code == "files-full"); // by the filter
        (await bed.Silo.FileRoom.ReadAsync(TestSilo.Tenant, CancellationToken.None)).Should().Be(new FileUse(10 * Half, 0, 5 << 20));
        var kept = await bed.Silo.FileStore.ListAsync(FilePlaces.PrefixOf(TestSilo.Tenant, FilePlaces.Attachments), null, 100, CancellationToken.None);
        kept.Files.Sum(file => file.Length).Should().Be(10 * Half, "nothing of what was refused is kept");
    }

    [Fact]
    public async Task FI7_what_is_removed_frees_its_place_and_comes_back_only_where_there_is_room()
    {
        await using var bed = await OpenAsync(megabytes: 1);
        var lead = await NewLeadAsync(bed);
        var first = (await AttachAsync(bed, lead, Half)).Id;
        (await AttachAsync(bed, lead, Half)).Refusal.Should().BeNull();
        (await AttachAsync(bed, lead, 1)).Refusal!.Code.Should().Be("files-full");

        (await TellAsync(bed, lead, first, new AttachmentCommand.Remove())).Refusal.Should().BeNull();
        (await AttachAsync(bed, lead, Half)).Refusal.Should().BeNull();
        (await TellAsync(bed, lead, first, new AttachmentCommand.Restore())).Refusal!.Code.Should().Be("files-full");

        await bed.Silo.Commands.TellAsync(System, "tenant", Silo.Tenants.TenantDirectory.GrainOf(TestSilo.Tenant).Key, new TenantCommand.LimitFiles(2), Sending, CancellationToken.None);
        (await TellAsync(bed, lead, first, new AttachmentCommand.Restore())).Refusal.Should().BeNull();
        (await bed.Silo.FileRoom.ReadAsync(TestSilo.Tenant, CancellationToken.None)).Should().Be(new FileUse(3 * Half, 0, 2 << 20));
    }

    [Fact]
    public async Task What_was_done_under_a_key_is_answered_again_when_nothing_else_has_room()
    {
        await using var bed = await OpenAsync(megabytes: 1);
        var lead = await NewLeadAsync(bed);
        var sending = Sending with { CommandId = "once" };

        var first = await AttachAsync(bed, lead, 2 * Half, sending);
        var again = await AttachAsync(bed, lead, 2 * Half, sending);

        (again.Refusal, again.Id).Should().Be((null, first.Id));
    }

    [Fact]
    public async Task A_tenants_own_limit_goes_before_the_settings_and_0_is_none()
    {
        await using var bed = await OpenAsync(megabytes: null);
        bed.Silo.FileRoom.LimitOf(TestSilo.Tenant).Should().Be(3 << 20, "the settings say so");
        (await bed.Silo.TenantDesk.LimitFilesAsync(TestSilo.Tenant, 7, CancellationToken.None)).Refusal.Should().BeNull();
        bed.Silo.FileRoom.LimitOf(TestSilo.Tenant).Should().Be(7 << 20);
        (await bed.Silo.TenantDesk.LimitFilesAsync(TestSilo.Tenant, 0, CancellationToken.None)).Refusal.Should().BeNull();
        bed.Silo.FileRoom.LimitOf(TestSilo.Tenant).Should().BeNull();
    }

    /// <summary>A tenant with a limit, where the settings say 3 MB.</summary>
    private static async Task<TestSilo> OpenAsync(int? megabytes)
    {
        var bed = await TestSilo.OpenAsync(shape: options => options with { FileLimits = new() { TenantMegabytes = 3 } });
        await NewLeadAsync(bed); // a tenant is there with its first event
        await bed.Silo.TenantDesk.LimitFilesAsync(TestSilo.Tenant, megabytes, CancellationToken.None);
        return bed;
    }

    private static async Task<Guid> NewLeadAsync(TestSilo bed) =>
        (await bed.Silo.Commands.TellAsync(System, "lead", Guid.CreateVersion7(), new LeadCommand.Capture("Ada"), Sending, CancellationToken.None)).Id;

    private static Task<Answer> AttachAsync(TestSilo bed, Guid lead, int bytes, Sending? sending = null)
    {
        var text = new byte[bytes];
        Array.Fill(text, (byte)'x');
        return bed.Silo.Files.AttachAsync(System, bed.Silo.Slices.OfKind("lead"), lead, "x.txt", null, new MemoryStream(text), sending ?? Sending, CancellationToken.None);
    }

    private static ValueTask<Answer> TellAsync(TestSilo bed, Guid lead, Guid file, AttachmentCommand command) =>
        bed.Silo.Files.TellAsync(System, bed.Silo.Slices.OfKind("lead"), lead, file, command, Sending, CancellationToken.None);
}
