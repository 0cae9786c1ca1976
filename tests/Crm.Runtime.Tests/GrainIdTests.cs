namespace Crm.Runtime.Tests;

public sealed class GrainIdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_795_371_770_952)]
    [InlineData(0xffff_ffff_ffff >> 1)]
    public void A_new_key_is_a_UUID_of_version_7_with_its_time(long milliseconds)
    {
        var at = DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds % DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());

        var (ours, theirs) = (GrainId.NewKey(at), Guid.CreateVersion7(at));

        (ours.Version, ours.Variant & 0xc).Should().Be((7, 8));
        ours.ToString("N")[..12].Should().Be(theirs.ToString("N")[..12]);
    }

    [Fact]
    public void No_two_new_keys_are_the_same_and_all_their_random_bits_are_used()
    {
        var at = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        var keys = Enumerable.Range(0, 10_000).Select(_ => GrainId.NewKey(at)).ToHashSet();

        keys.Should().HaveCount(10_000);
        var bytes = keys.Select(key => key.ToByteArray(bigEndian: true)).ToList();
        for (var bit = 52; bit < 128; bit++)
        {
            var ones = bytes.Count(key => (key[bit / 8] >> (7 - bit % 8) & 1) == 1);
            if (bit is 64 or 65)
            {
                ones.Should().Be(bit == 64 ? 10_000 : 0, "the variant");
            }
            else
            {
                ones.Should().BeInRange(4_500, 5_500, "bit {0} is a coin", bit);
            }
        }
    }
}
