using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Crm.Runtime.Files;
using Crm.Runtime.Files.Azure;

namespace Crm.Runtime.Tests.Files;

/// <summary>A container of Azurite, opened with the account's key. Blocks are small, so that files have several.</summary>
public class BlobFixture : IFileStoreFixture
{
    private readonly HttpClient _http;

    public BlobFixture() => _http = new(Wire) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Where requests and answers are lost.</summary>
    public FaultyWire Wire { get; } = new(new SocketsHttpHandler());

    public string Container { get; } = Azurite.NewContainer();

    public async Task<IFileStore> OpenAsync() => await OpenAsync(AccountOf(await Azurite.Shared));

    public async Task<IFileStore> OpenAsync(BlobAccount account) =>
        await AzureBlobStore.OpenAsync(_http, account, new() { Container = Container, BlockSize = 100_000, FirstPause = TimeSpan.FromMilliseconds(2) }, TimeProvider.System, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected virtual BlobAccount AccountOf(Azurite azurite) => azurite.ByKey;
}

/// <summary>The same, opened with a shared access signature.</summary>
public sealed class SignatureFixture : BlobFixture
{
    public static BlobAccount Sign(Azurite azurite, string rights)
    {
        const string Version = "2021-12-02";
        var until = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        // as "Create an account SAS" has it: name, rights, services, resource types, start, end, addresses, protocols, version, encryption scope
        var text = $"{Azurite.Account}\n{rights}\nb\nsco\n\n{until}\n\nhttps,http\n{Version}\n\n";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Azurite.Key), Encoding.UTF8.GetBytes(text)));
        var query = $"sv={Version}&ss=b&srt=sco&sp={rights}&se={Uri.EscapeDataString(until)}&spr=https,http&sig={Uri.EscapeDataString(signature)}";
        return BlobAccount.Parse($"BlobEndpoint={azurite.Endpoint};SharedAccessSignature={query}");
    }

    protected override BlobAccount AccountOf(Azurite azurite) => Sign(azurite, "rwdlac");
}

public sealed class AzureBlobStoreBySignatureTests : FileStoreSuite<SignatureFixture>
{
    [Fact]
    public async Task A_signature_that_may_not_write_says_so()
    {
        await WriteAsync("x", "there");
        var reader = await Fixture.OpenAsync(SignatureFixture.Sign(await Azurite.Shared, "rl"));

        var writing = () => reader.WriteAsync("y", new MemoryStream([1]), WriteCondition.Always, None);

        (await reader.FindAsync("x", None)).Should().NotBeNull();
        (await writing.Should().ThrowAsync<FileStoreException>()).WithMessage("*does not let us in*");
    }
}

public sealed class AzureBlobStoreTests : FileStoreSuite<BlobFixture>
{
    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task A_busy_service_is_asked_again(HttpStatusCode busy)
    {
        Fixture.Wire.Next(Fault.Answer(busy), Fault.Answer(busy), Fault.LoseRequest);

        await WriteAsync("x", "kept");

        Text(await ReadAsync("x")).Should().Be("kept");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(350_000)]
    public async Task A_write_whose_answer_is_lost_is_known_again(int length)
    {
        Fixture.Wire.When = request => request.Method == HttpMethod.Put && !request.RequestUri!.Query.Contains("comp=block&", StringComparison.Ordinal);
        Fixture.Wire.Next(Fault.LoseAnswer, Fault.LoseAnswer);

        var written = await Store.WriteAsync("x", new MemoryStream(Bytes(length)), WriteCondition.IfAbsent, None);

        written.Should().NotBeNull("it was we who wrote it");
        written!.ETag.Should().Be((await Store.FindAsync("x", None))!.ETag);
    }

    [Fact]
    public async Task A_replacement_whose_answer_is_lost_is_known_again()
    {
        var first = await WriteAsync("x", "first");
        Fixture.Wire.Next(Fault.LoseAnswer);

        (await WriteAsync("x", "second", WriteCondition.IfMatch(first!.ETag))).Should().NotBeNull();
    }

    [Fact]
    public async Task A_deletion_and_a_lease_whose_answers_are_lost_are_known_again()
    {
        await WriteAsync("x", "first");
        Fixture.Wire.Next(Fault.LoseAnswer);
        (await Store.DeleteAsync("x", null, None)).Should().BeTrue();

        await (await Store.TryLeaseAsync("l", TimeSpan.FromSeconds(15), None))!.DisposeAsync();
        Fixture.Wire.Next(Fault.LoseAnswer);
        await using var lease = await Store.TryLeaseAsync("l", TimeSpan.FromSeconds(15), None);
        lease.Should().NotBeNull();
    }

    [Fact]
    public async Task Reading_goes_on_where_the_connection_broke()
    {
        var bytes = Bytes(350_000);
        await Store.WriteAsync("x", new MemoryStream(bytes), WriteCondition.Always, None);
        Fixture.Wire.Next(Fault.BreakBodyAt(100), Fault.BreakBodyAt(0), Fault.BreakBodyAt(200_000));

        (await ReadAsync("x")).Should().Equal(bytes);
    }

    [Fact]
    public async Task Reading_does_not_go_on_in_another_file()
    {
        await Store.WriteAsync("x", new MemoryStream(Bytes(350_000)), WriteCondition.Always, None);
        Fixture.Wire.Next(Fault.BreakBodyAt(100));
        await using var reading = await Store.OpenAsync("x", 0, null, None);
        await WriteAsync("x", "another");

        var all = () => reading!.Content.CopyToAsync(Stream.Null);

        (await all.Should().ThrowAsync<FileStoreException>()).WithMessage("*replaced*");
    }

    [Fact]
    public async Task A_service_that_stays_away_is_told_after_six_tries()
    {
        Fixture.Wire.Next([.. Enumerable.Repeat(Fault.LoseRequest, 10)]);

        var finding = () => Store.FindAsync("x", None);

        (await finding.Should().ThrowAsync<FileStoreException>()).WithMessage("*6 tries*");
    }

    [Fact]
    public async Task Giving_up_is_heard_while_waiting_to_try_again()
    {
        using var stop = new CancellationTokenSource();
        Fixture.Wire.When = _ =>
        {
            stop.Cancel();
            return true;
        };
        Fixture.Wire.Next([.. Enumerable.Repeat(Fault.Answer(HttpStatusCode.ServiceUnavailable), 10)]);

        var finding = () => Store.FindAsync("x", stop.Token);

        await finding.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_wrong_key_is_told_without_showing_it()
    {
        var azurite = await Azurite.Shared;
        var wrong = Convert.ToBase64String(new byte[32]);

        var opening = () => Fixture.OpenAsync(BlobAccount.Parse($"AccountName={Azurite.Account};AccountKey={wrong};BlobEndpoint={azurite.Endpoint}"));

        (await opening.Should().ThrowAsync<FileStoreException>()).Which.Message.Should().Contain("Check the key").And.NotContain(wrong);
    }

    [Fact]
    public async Task A_file_without_bytes_in_many_blocks_is_of_the_blocks_length()
    {
        // exactly two blocks: the third read gives nothing
        await Store.WriteAsync("x", new MemoryStream(Bytes(200_000)), WriteCondition.Always, None);

        (await Store.FindAsync("x", None))!.Length.Should().Be(200_000);
    }

    [Theory]
    [InlineData("AccountName=a;AccountKey=Zm9v", "https://a.blob.core.windows.net")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=Zm9v;EndpointSuffix=core.chinacloudapi.cn", "http://a.blob.core.chinacloudapi.cn")]
    [InlineData("BlobEndpoint=https://a.blob.core.windows.net/;SharedAccessSignature=?sv=1&sig=x", "https://a.blob.core.windows.net")]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10000/devstoreaccount1")]
    public void A_connection_string_says_where(string text, string endpoint) => BlobAccount.Parse(text).Endpoint.Should().Be(endpoint);

    [Theory]
    [InlineData("", "neither BlobEndpoint nor AccountName")]
    [InlineData("AccountName=a", "neither AccountName and AccountKey nor SharedAccessSignature")]
    [InlineData("AccountName=a;AccountKey=***", "not Base64")]
    [InlineData("secret", "Name=value")]
    [InlineData("BlobEndpoint=here;AccountName=a;AccountKey=Zm9v", "no address")]
    public void A_wrong_connection_string_says_what_is_wrong(string text, string reason) =>
        ((Func<BlobAccount>)(() => BlobAccount.Parse(text))).Should().Throw<FormatException>().WithMessage($"*{reason}*");
}
