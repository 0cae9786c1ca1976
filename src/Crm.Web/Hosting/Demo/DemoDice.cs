namespace Crm.Web.Hosting.Demo;

/// <summary>Chance that falls the same way every time: for each purpose and number a sequence of its own.</summary>
internal sealed class DemoDice(DemoPurpose purpose, int number)
{
    // splitmix64: two streams whose seeds differ in one bit have nothing in common
    private ulong _state = unchecked(((ulong)purpose << 40) + (uint)number + 20_261_101);

    /// <summary>From 0 to below 1.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Between(double least, double most) => least + Share() * (most - least);

    public bool Chance(double share) => Share() < share;

    public T Pick<T>(IReadOnlyList<T> items) => items[(int)(Share() * items.Count)];

    /// <summary>A UUIDv7 of this moment.</summary>
    public Guid Id(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)at.ToUnixTimeMilliseconds() << 16) | 0x7000 | (Next() & 0x0fff));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (Next() >> 2) | 0x8000_0000_0000_0000);
        return new(bytes, bigEndian: true);
    }

    private ulong Next()
    {
        unchecked
        {
            var mixed = _state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}

/// <summary>What dice are thrown for.</summary>
internal enum DemoPurpose
{
    Lead = 1,
    Deal = 2,
    Party = 3,
    Start = 4,
    Close = 5,
}
