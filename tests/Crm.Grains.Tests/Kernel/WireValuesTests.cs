using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Grains.Tests.Kernel;

public sealed class WireValuesTests
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new InstantConverter(), new DayConverter() } };

    [Theory]
    [InlineData("2026-11-21T08:30:00Z", "2026-11-21T08:30:00.000Z")]
    [InlineData("2026-11-21T08:30Z", "2026-11-21T08:30:00.000Z")]
    [InlineData("2026-11-21T16:30:00.1239+08:00", "2026-11-21T08:30:00.123Z")]
    [InlineData("2026-11-21 08:30:00-05:30", "2026-11-21T14:00:00.000Z")]
    [InlineData("1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000Z")]
    public void A_moment_is_kept_in_UTC_to_the_millisecond(string written, string kept)
    {
        var at = JsonSerializer.Deserialize<DateTimeOffset>($"\"{written}\"", Json);
        JsonSerializer.Serialize(at, Json).Should().Be($"\"{kept}\"");
        JsonSerializer.Deserialize<DateTimeOffset>($"\"{kept}\"", Json).Should().Be(at);
    }

    [Theory]
    [InlineData("\"2026-11-21T08:30:00\"")] // no offset
    [InlineData("\"0000-00-00T00:00:00Z\"")]
    [InlineData("\"2026-02-30T00:00:00Z\"")]
    [InlineData("\"99999-01-01T00:00:00Z\"")]
    [InlineData("\"9999-12-31T23:59:59Z\"")]
    [InlineData("\"1899-12-31T23:59:59Z\"")]
    [InlineData("\"Sat, 21 Nov 2026 08:30:00 +0000\"")]
    [InlineData("\"21/11/2026 08:30:00 +00:00\"")]
    [InlineData("\"2026-11-21\"")]
    [InlineData("\"\"")]
    [InlineData("1763713800")]
    public void What_is_no_moment_is_refused(string json) => Refused<DateTimeOffset>(json).Code.Should().Be("date-invalid");

    [Fact]
    public void A_day_is_written_as_a_day()
    {
        JsonSerializer.Deserialize<DateOnly>("\"2026-11-21\"", Json).Should().Be(new DateOnly(2026, 11, 21));
        JsonSerializer.Serialize(new DateOnly(2026, 11, 21), Json).Should().Be("\"2026-11-21\"");
        JsonSerializer.Deserialize<DateOnly>("\"2024-02-29\"", Json).Should().Be(new DateOnly(2024, 2, 29));
    }

    [Theory]
    [InlineData("\"0000-00-00\"")]
    [InlineData("\"2026-02-30\"")]
    [InlineData("\"99999-01-01\"")]
    [InlineData("\"1899-12-31\"")]
    [InlineData("\"2026-11-21T00:00:00Z\"")]
    [InlineData("\"21.11.2026\"")]
    [InlineData("20261121")]
    public void What_is_no_day_is_refused(string json) => Refused<DateOnly>(json).Code.Should().Be("date-invalid");

    [Fact]
    public void A_field_left_out_is_not_given_and_null_is_given()
    {
        var absent = JsonSerializer.Deserialize<Form>("{}", Json)!; // an object, not null
        var empty = JsonSerializer.Deserialize<Form>("""{"name":null,"on":null,"owner":null,"amount":null}""", Json)!; // an object, not null
        var full = JsonSerializer.Deserialize<Form>("""{"name":"Ada","on":"2026-11-21","owner":"01900000-0000-7000-8000-00000000000a","amount":"12.50"}""", Json)!; // an object, not null

        (absent.Name.IsGiven, absent.On.IsGiven, absent.Owner.IsGiven, absent.Amount.IsGiven).Should().Be((false, false, false, false));
        absent.Name.Or("as it was").Should().Be("as it was");

        (empty.Name.IsGiven, empty.On.IsGiven, empty.Owner.IsGiven, empty.Amount.IsGiven).Should().Be((true, true, true, true));
        (empty.Name.Value, empty.On.Value, empty.Owner.Value, empty.Amount.Value).Should().Be((null, null, null, null));
        empty.Name.Or("as it was").Should().BeNull();

        full.Name.Should().Be(new Optional<string?>("Ada"));
        full.On.Value.Should().Be(new DateOnly(2026, 11, 21));
        full.Owner.Value.Should().Be(new Guid("01900000-0000-7000-8000-00000000000a"));
        full.Amount.Value.Should().Be(new Money(12.50m, ""));
    }

    [Theory]
    [InlineData("""{"code":"other"}""", "other")]
    [InlineData("""{"code":3}""", "#")]
    [InlineData("""{"optional":3}""", "#")]
    [InlineData("""{"optional":"other"}""", "other")]
    public void A_number_for_a_code_is_an_unknown_code(string json, string read)
    {
        var codes = JsonSerializer.Deserialize<Codes>(json, Json)!; // an object, not null
        (codes.Code ?? codes.Optional.Value).Should().Be(read);
    }

    [Theory]
    [InlineData("""{"code":true}""")]
    [InlineData("""{"optional":[]}""")]
    public void Anything_else_for_a_code_is_a_malformed_request(string json) =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize<Codes>(json, Json)).Should().Throw<MalformedValueException>().Which.Refusal.Code.Should().Be("json-invalid");

    [Fact]
    public void A_code_can_be_cleared() => JsonSerializer.Deserialize<Codes>("""{"optional":null}""", Json)!.Optional.Should().Be(new Optional<string?>(null)); // an object, not null

    private static Refusal Refused<T>(string json) =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize<T>(json, Json)).Should().Throw<MalformedValueException>().Which.Refusal;

    private sealed record Form(Optional<string?> Name = default, Optional<DateOnly?> On = default, Optional<Guid?> Owner = default, Optional<Money?> Amount = default);

    private sealed record Codes(
        [property: JsonConverter(typeof(CodeConverter))] string? Code = null,
        [property: JsonConverter(typeof(OptionalCodeConverter))] Optional<string?> Optional = default);
}
