using System.Text;
using Crm.Torture.PowerCut;
using Crm.Torture.Store;

namespace Crm.Torture.Tests;

public sealed class StraceReaderTests
{
    private const string Folder = "/data/x";

    private static readonly Guid Lead = Guid.Parse("01a200c1-2c04-7fa3-b5a9-5a374f192801");

    [Fact]
    public void A_write_holds_its_file_place_and_bytes() =>
        Read($"7 pwrite64({Path(9, "crm.db-wal")}, {Hex("ab\"c")}, 4, 4120) = 4").Events.Should().ContainSingle()
            .Which.Should().BeEquivalentTo(new TraceEvent.Write("crm.db-wal", 4120, "ab\"c"u8.ToArray()));

    [Fact]
    public void Shared_memory_and_files_elsewhere_are_left_out() =>
        Read(
            $"7 pwrite64({Path(9, "crm.db-shm")}, {Hex("a")}, 1, 0) = 1",
            $"7 pwrite64({Path(9, "other")}, {Hex("a")}, 1, 0) = 1",
            $"7 write(1<{Hex("pipe:[1]").Trim('"')}>, {Hex("hello")}, 5) = 5",
            $"7 fsync({Path(9, "crm.db-shm")}) = 0").Events.Should().BeEmpty();

    [Fact]
    public void A_sync_stands_where_it_ended_and_covers_what_was_written_before_it_began()
    {
        var (events, calls) = Read(
            $"7 pwrite64({Path(9, "crm.db-wal")}, {Hex("a")}, 1, 0) = 1",
            $"7 fdatasync({Path(9, "crm.db-wal")} <unfinished ...>",
            $"8 pwrite64({Path(9, "crm.db-wal")}, {Hex("b")}, 1, 1) = 1",
            "7 <... fdatasync resumed>) = 0");
        events.Should().HaveCount(3);
        events[2].Should().Be(new TraceEvent.Sync("crm.db-wal", Before: 1));
        calls.Should().Be(3);
    }

    [Fact]
    public void A_sync_that_failed_covers_nothing() =>
        Read($"7 fsync({Path(9, "crm.db")}) = -1 EIO (Input/output error)").Events.Should().BeEmpty();

    [Fact]
    public void An_answer_counts_from_when_its_sending_begins()
    {
        var (events, _) = Read(
            $"8 sendmsg(20<{Hex("socket:[1]").Trim('"')}>, {{msg_name=NULL, msg_namelen=0, msg_iov=[{{iov_base={Hex(Answer(201, 3))}, iov_len=9}}], msg_iovlen=1}}, MSG_NOSIGNAL <unfinished ...>",
            $"7 pwrite64({Path(9, "crm.db-wal")}, {Hex("a")}, 1, 0) = 1",
            $"8 <... sendmsg resumed>) = {Answer(201, 3).Length}");
        events[0].Should().BeOfType<TraceEvent.Answer>().Which.Acks.Should().Equal(new Ack(Lead, 3));
        events[1].Should().BeOfType<TraceEvent.Write>();
    }

    [Fact]
    public void An_answer_in_pieces_counts_from_its_last_piece()
    {
        var text = Answer(200, 4);
        var socket = $"20<{Hex("socket:[1]").Trim('"')}>";
        var (events, _) = Read(
            $"8 sendto({socket}, {Hex(text[..60])}, 60, MSG_NOSIGNAL, NULL, 0) = 60",
            $"8 sendto({socket}, {Hex(text[60..])}, 99, MSG_NOSIGNAL, NULL, 0) = {text.Length - 60}");
        events.OfType<TraceEvent.Answer>().Select(answer => answer.Acks.Count).Should().Equal(0, 1);
    }

    [Fact]
    public void A_refusal_in_chunks_acknowledges_nothing_and_the_next_answer_is_found_behind_it()
    {
        var refusal = "HTTP/1.1 409 Conflict\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n";
        var stream = new ReplyStream();
        stream.Take(Encoding.ASCII.GetBytes(refusal + Answer(200, 9))).Should().Equal(new Ack(Lead, 9));
    }

    [Fact]
    public void What_a_conversion_made_is_acknowledged_too()
    {
        var body = $$"""{"id":"{{Lead}}","version":2,"customerId":"{{Lead}}","contactId":"{{Lead}}","opportunityId":null}""";
        new ReplyStream().Take(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"))
            .Should().Equal(new Ack(Lead, 2), new Ack(Lead, 1), new Ack(Lead, 1));
    }

    [Fact]
    public void A_call_that_the_replay_does_not_know_is_not_passed_over() =>
        FluentActions.Invoking(() => Read($"7 pwritev({Path(9, "crm.db")}, [{{iov_base={Hex("a")}, iov_len=1}}], 1, 0) = 1")).Should().Throw<InvalidDataException>();

    private static (IReadOnlyList<TraceEvent> Events, int Calls) Read(params string[] lines) => StraceReader.Read(lines, Folder);

    private static string Answer(int status, int version)
    {
        var body = $$"""{"id":"{{Lead}}","version":{{version}}}""";
        return $"HTTP/1.1 {status} OK\r\nContent-Length: {body.Length}\r\nContent-Type: application/json\r\n\r\n{body}";
    }

    private static string Path(int descriptor, string name) => $"{descriptor}<{Hex($"{Folder}/{name}").Trim('"')}>";

    private static string Hex(string text) => $"\"{string.Concat(Encoding.UTF8.GetBytes(text).Select(one => $"\\x{one:x2}"))}\"";
}
