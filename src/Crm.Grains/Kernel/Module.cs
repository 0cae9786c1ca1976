namespace Crm.Grains.Kernel;

/// <summary>A part of the product that a tenant can do without. Slices that name the same key make up one module.</summary>
/// <param name="Key">1 to 40 of a-z, 0-9 and <c>-</c>; in journals forever.</param>
/// <param name="Needs">Keys of the modules without which it cannot work: while one of them is off, so is this one.</param>
public sealed record Module(string Key, params IReadOnlyList<string> Needs);
