def forward(prompt):
    return prompt[::-1]
