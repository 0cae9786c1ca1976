using System.Text.Json;

namespace Crm.Grains.Tests.Kernel;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("9007199254740993", "9007199254740993.00")] // one more than a double can tell apart
    [InlineData("\"9007199254740993.01\"", "9007199254740993.01")]
    [InlineData("1234.5", "1234.50")]
    [InlineData("\"1234.50\"", "1234.50")]
    [InlineData("1e3", "1000.00")]
    [InlineData("0.10", "0.10")]
    [InlineData("\"0.1000000000000000000000000000000\"", "0.10")]
    [InlineData("92000000000000000", "92000000000000000.00")]
    public void Amounts_are_read_exactly(string json, string amount) => Read(json).AmountText.Should().Be(amount);

    [Theory]
    [InlineData("0.123456789012345678901234567890")] // 30 decimals
    [InlineData("\"0.123456789012345678901234567890\"")]
    [InlineData("1.000000000000000000000000000001")] // more than a decimal holds: would be rounded to 1
    [InlineData("1e-40")] // would be rounded to 0
    [InlineData("0.001")]
    [InlineData("\"0.001\"")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("92000000000000000.01")]
    [InlineData("\"99999999999999999999999999999999999999\"")]
    public void Amounts_that_would_be_rounded_are_refused(string json) => Refused(json).Code.Should().Be("number-out-of-range");

    [Theory]
    [InlineData("\"1e309\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("\"\"")]
    [InlineData("\"１２\"")]
    [InlineData("\"1,000\"")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("""{"amount":true}""")]
    [InlineData("""{"amount":null}""")]
    public void What_is_no_number_is_a_malformed_request(string json) => Refused(json).Code.Should().Be("json-invalid");

    [Theory]
    [InlineData("-0")]
    [InlineData("\"-0.00\"")]
    [InlineData("""{"amount":-0.0,"currency":"CNY"}""")]
    public void Minus_zero_is_zero(string json)
    {
        var money = Read(json);
        money.AmountText.Should().Be("0.00");
        decimal.IsNegative(money.Amount).Should().BeFalse();
    }

    [Fact]
    public void A_currency_is_read_in_capitals() => Read("""{"amount":"1","currency":" eur "}""").Should().Be(new Money(1m, "EUR"));

    [Theory]
    [InlineData("""{"amount":"1","currency":"ZZZ"}""", "currency-unknown")]
    [InlineData("""{"amount":"1","currency":7}""", "currency-unknown")]
    [InlineData("""{"currency":"CNY"}""", "field-required")]
    [InlineData("""{"amount":"1","cents":1}""", "unknown-field")]
    public void A_wrong_part_is_refused_by_its_own_code(string json, string code) => Refused(json).Code.Should().Be(code);

    [Fact]
    public void A_bare_amount_takes_the_currency_it_is_given()
    {
        Read("12.5").Or("CNY").Should().Be(new Money(12.5m, "CNY"));
        Read("""{"amount":12.5,"currency":"USD"}""").Or("CNY").Should().Be(new Money(12.5m, "USD"));
    }

    [Theory]
    [InlineData("1234.50")]
    [InlineData("-0.01")]
    [InlineData("92000000000000000.00")]
    public void The_written_form_is_read_back(string amount)
    {
        var money = new Money(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), "CNY");
        Money.Parse(money.ToString()).Should().Be(money);
        Read(JsonSerializer.Serialize(money)).Should().Be(money);
        Money.FromHundredths(money.Hundredths, "CNY").Should().Be(money);
    }

    [Fact]
    public void Amounts_are_compared_and_written_alike_whatever_their_decimals()
    {
        (new Money(1m, "CNY") < new Money(1.01m, "CNY")).Should().BeTrue();
        (new Money(2m, "CNY") > new Money(1.01m, "CNY")).Should().BeTrue();
        (new Money(1.0m, "CNY") <= new Money(1.00m, "CNY") && new Money(1.0m, "CNY") >= new Money(1.00m, "CNY")).Should().BeTrue();
        new Money(1.0m, "CNY").ToString().Should().Be("1.00 CNY");
    }

    private static Money Read(string json) => JsonSerializer.Deserialize<Money>(json);

    private static Refusal Refused(string json) => FluentActions.Invoking(() => Read(json)).Should().Throw<MalformedValueException>().Which.Refusal;
}
