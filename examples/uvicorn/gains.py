"""The gains of variants over a base, from blocks of trials: least squares with block effects."""

import math
import statistics


def student_quantile(degrees):
    """The 97.5% quantile of Student's distribution, by its expansion (error below 1% from 2 degrees on)."""
    z = statistics.NormalDist().inv_cdf(0.975)
    if degrees == 1:
        return 12.706
    return (z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
            + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
            + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * degrees**4))


def solve(matrix, right):
    """The solution of a small system of linear equations with several right sides, by Gauss and Jordan."""
    rows = [[*row, *values] for row, values in zip(matrix, right)]
    for pivot in range(len(rows)):
        best = max(range(pivot, len(rows)), key=lambda row: abs(rows[row][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        rows[pivot] = [value / rows[pivot][pivot] for value in rows[pivot]]
        for other in range(len(rows)):
            if other != pivot:
                factor = rows[other][pivot]
                rows[other] = [value - factor * by for value, by in zip(rows[other], rows[pivot])]
    return [row[len(rows):] for row in rows]


def gains_of(blocks, base, figure, covariate=None):
    """{variant: [gain, low, high] over the base}, with 95% intervals.

    A block is a list of trials; a trial begins with the name of its variant. By least squares, the logarithm of
    figure(trial) is the sum of effects of block and variant and, if given, a multiple of covariate(trial).
    """
    names = sorted({trial[0] for block in blocks for trial in block} - {base})
    rows = []  # of each trial, less the mean of its block: variants, covariate, response
    for block in blocks:
        values = [[*(float(trial[0] == name) for name in names), *([covariate(trial)] if covariate else []),
                   math.log(figure(trial))] for trial in block]
        means = [statistics.fmean(column) for column in zip(*values)]
        rows += [[value - mean for value, mean in zip(row, means)] for row in values]
    columns = list(zip(*rows))
    *predictors, response = columns
    dot = lambda a, b: sum(x * y for x, y in zip(a, b))
    size = len(predictors)
    solution = solve([[dot(a, b) for b in predictors] for a in predictors],
                     [[dot(a, response), *(float(i == j) for j in range(size))] for i, a in enumerate(predictors)])
    slopes = [row[0] for row in solution]
    squares = sum((row[-1] - dot(slopes, row)) ** 2 for row in rows)
    degrees = len(rows) - len(blocks) - size
    gains = {}
    for index, name in enumerate(names):
        half = student_quantile(degrees) * math.sqrt(squares / degrees * solution[index][1 + index])
        gains[name] = [math.exp(slopes[index] + side * half) - 1 for side in (0, -1, 1)]
    return gains
