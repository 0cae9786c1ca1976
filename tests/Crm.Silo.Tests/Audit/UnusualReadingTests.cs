using Crm.Silo.Audit;

namespace Crm.Silo.Tests.Audit;

public sealed class UnusualReadingTests
{
    private static readonly DateTimeOffset Nine = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Width = TimeSpan.FromMinutes(10);

    [Fact]
    public void A_record_counts_once_in_a_window_and_is_forgotten_after_it()
    {
        var window = new ReadingWindow();
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        window.Add([first], Nine, Width).Should().Be(1);
        window.Add([first], Nine.AddMinutes(1), Width).Should().Be(1);
        window.Add([second], Nine.AddMinutes(9), Width).Should().Be(2);
        window.Add([second], Nine.AddMinutes(10.5), Width).Should().Be(2, "the first was read again at one past");
        window.Add([second], Nine.AddMinutes(12), Width).Should().Be(1);
    }

    [Fact]
    public void What_was_noticed_is_not_counted_again_until_it_was_out_of_sight_for_the_whole_window()
    {
        var window = new ReadingWindow();
        var (first, second, third) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        window.Add([first], Nine, Width);
        window.Add([second], Nine, Width).Should().Be(2);

        window.Notice();

        window.Add([first], Nine.AddMinutes(1), Width).Should().Be(0, "a page may be drawn again");
        window.Add([third], Nine.AddMinutes(2), Width).Should().Be(1);
        window.Add([second], Nine.AddMinutes(10.5), Width).Should().Be(2, "it was last seen more than a window ago");
        window.Add([first], Nine.AddMinutes(10.6), Width).Should().Be(2);
        window.Add([third], Nine.AddMinutes(13), Width).Should().Be(2);
    }

    [Fact]
    public void Time_that_goes_back_neither_loses_nor_doubles_a_record()
    {
        var window = new ReadingWindow();
        var record = Guid.CreateVersion7();

        window.Add([record], Nine, Width).Should().Be(1);
        window.Add([record], Nine.AddHours(-1), Width).Should().Be(1);
        window.Add([record], Nine, Width).Should().Be(1);
    }

    [Fact]
    public void Usual_is_the_middle_of_the_days_with_any_reading()
    {
        UsualReading.Of([]).Should().Be(0);
        UsualReading.Of([0, 40, 10, 900]).Should().Be(40);
    }

    [Theory]
    [InlineData(0, 0, 300)]
    [InlineData(40, 10, 300)]
    [InlineData(100, 10, 500)]
    [InlineData(10, 200, 1_000)]
    public void Unusual_is_several_times_what_the_person_or_the_colleagues_usually_read(int own, int colleague, int expected) =>
        UsualReading.ThresholdOf(own, [colleague], least: 300, times: 5).Should().Be(expected);
}
