def attention(x):
    return x * 0.5


def matmul_step(x, y):
    return x * y


def forward(x, y):
    return matmul_step(attention(x), y)
